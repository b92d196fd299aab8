"""Reports: their file, evidence, standings, waivers, comparison, certificates and renderings."""
