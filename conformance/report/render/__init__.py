"""Reports as text, page, Markdown, JUnit, Allure labels and badge."""
