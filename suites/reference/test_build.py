"""POST /build: its parameters, its answer and what instructions do, as the references describe them."""

import time

import pytest

from conformance import (
    ABSENT,
    array,
    assert_progress_fails,
    assert_progress_succeeds,
    assert_status,
    assert_type,
    at,
    known,
    since,
)
from conformance.testing import Member, read_image_file
from fixtures.build_cache import list_build_cache

#: What instructions of a Dockerfile set.
CONFIGURED = {
    "ExposedPorts": {"81/tcp": {}},
    "Volumes": {"/data": {}},
    "User": "tester",
    "WorkingDir": "/tmp",
    "Entrypoint": ["sh", "-c"],
    "Cmd": ["true"],
    "OnBuild": ["RUN true"],
}


@since("reference/build-answer")
def test_build_answers_messages_in_json(api, env, build_context):
    answer = api.post("/build", {"t": env.reserve_name("image"), "nocache": 1}, **build_context("ENV A=b"))

    assert_status(answer, 200)
    assert answer.media_type == "application/json"
    texts = [at(row, "stream") for row in answer.messages()]
    assert any(isinstance(text, str) and text.strip() for text in texts), "no message tells of a step"


@since("reference/build-names")
def test_the_tag_is_latest_where_none_is_given(api, env, build_context):
    repository = env.reserve_name("image").rpartition(":")[0]
    env.ledger.will_create("image", f"{repository}:latest")

    answer = api.post("/build", {"t": repository, "nocache": 1}, **build_context("ENV A=b"))

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{repository}:latest/json"), 200)


def read_output(answer):
    """What the steps of a build wrote, by its messages."""
    rows = [row for row in answer.messages() if at(row, "stream") is not ABSENT]
    return [assert_type(row, "stream", str) for row in rows]


@since("reference/build-quiet")
@pytest.mark.parametrize("redirect", ["", " >&2"], ids=["output", "errors"])
def test_q_leaves_out_what_the_steps_write(api, env, build_context, redirect):
    name = env.reserve_name("image")
    context = build_context(f"RUN echo written by $((1 + 1)) steps{redirect}")

    answer = api.post("/build", {"t": name, "nocache": 1, "q": 1}, **context)

    assert_progress_succeeds(answer)
    assert "written by 2 steps" not in "".join(read_output(answer))
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("reference/build-quiet")
def test_without_q_the_output_of_the_steps_is_shown(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("RUN echo written by the step")

    answer = api.post("/build", {"t": name, "nocache": 1}, **context)

    assert_progress_succeeds(answer)
    assert any(line.strip() == "written by the step" for line in read_output(answer))


@since("reference/build-no-cache")
@pytest.mark.parametrize("nocache", [True, False])
def test_a_step_is_run_again_only_without_the_cache(api, env, build_context, nocache):
    context = build_context("RUN head -c 16 /dev/urandom | md5sum > /drawn")
    first, second = env.reserve_name("image"), env.reserve_name("image")
    assert_progress_succeeds(api.post("/build", {"t": first}, **context))

    answer = api.post("/build", {"t": second, "nocache": nocache}, **context)

    assert_progress_succeeds(answer)
    drawn = [read_image_file(env, name, "/drawn") for name in (first, second)]
    assert (drawn[0] != drawn[1]) is nocache


@since("reference/build-cache-files")
@pytest.mark.parametrize("change", [{"content": b"new\n"}, {"mode": 0o755}], ids=["content", "mode"])
def test_a_step_is_run_again_where_a_file_of_the_context_has_changed(api, env, build_context, change):
    old = Member("sub/file", b"old\n", mode=0o644)
    first, second = env.reserve_name("image"), env.reserve_name("image")
    steps = ("COPY sub /sub/", "RUN stat -c %a /sub/file > /seen; cat /sub/file >> /seen")
    assert_progress_succeeds(api.post("/build", {"t": first}, **build_context(*steps, files=[old])))

    answer = api.post("/build", {"t": second}, **build_context(*steps, files=[old._replace(**change)]))

    assert_progress_succeeds(answer)
    seen = [read_image_file(env, name, "/seen") for name in (first, second)]
    expected = "644\nnew\n" if "content" in change else "755\nold\n"
    assert seen == ["644\nold\n", expected]


@since("reference/build-remove-containers")
@pytest.mark.parametrize(
    ("query", "instruction", "kept"),
    [
        ({}, "RUN true", False),
        ({"rm": 1}, "RUN true", False),
        ({"rm": 0}, "RUN true", True),
        ({"rm": 0, "forcerm": 1}, "RUN true", False),
        ({"forcerm": 1}, "RUN false", False),
    ],
    ids=["default", "rm", "no rm", "forcerm", "forcerm of a failed build"],
)
def test_the_containers_of_the_steps_are_removed_as_asked(api, env, build_context, query, instruction, kept):
    label = build_context.new_label()

    api.post(
        "/build",
        {"t": env.reserve_name("image"), "nocache": 1, **query},
        **build_context(f"LABEL {label}", instruction),
    )

    rows = env.get("/containers/json", {"all": 1, "filters": {"label": [label]}})
    containers = [env.adopt("container", at(row, "Id")) for row in rows]
    assert bool(containers) is kept, (
        f"expected {'containers' if kept else 'no container'} of the build, got {containers}"
    )


@since("reference/build-syntax")
def test_a_dockerfile_with_a_mistake_is_refused_before_any_step(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post(
        "/build", {"t": name, "nocache": 1}, **build_context("RUN echo $((40 + 2))", "NOSUCHINSTRUCTION x")
    )

    assert_progress_fails(answer)
    assert b"42" not in answer.body, "a step ran before the mistake was reported"
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("reference/build-id")
def test_the_messages_end_with_the_id_of_the_image(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context("ENV A=b"))

    assert_progress_succeeds(answer)
    short = at(env.get(f"/images/{name}/json"), "Id").removeprefix("sha256:")[:12]
    shown = [text for row in answer.messages() if isinstance(text := at(row, "stream"), str)]
    assert any(short in text for text in shown[-3:]), f"no message has the id {short}"


@since("reference/build-error")
def test_a_failed_step_is_reported_in_error_and_error_detail(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context("RUN exit 3"))

    rows = [row for row in answer.messages() if at(row, "error") is not ABSENT]
    assert len(rows) == 1, f"expected one row with an error, got {len(rows)}"
    assert assert_type(rows[0], "error", str)
    assert assert_type(rows[0], "errorDetail.message", str)


@since("reference/build-order")
def test_each_instruction_builds_on_those_before_it(api, env, build_context):
    name = env.reserve_name("image")
    steps = ["ENV A=one", "COPY file /$A", "ENV A=two", "COPY file /$A", "WORKDIR /tmp", "COPY file here"]

    answer = api.post(
        "/build", {"t": name, "nocache": 1}, **build_context(*steps, files=[Member("file", b"copied\n")])
    )

    assert_progress_succeeds(answer)
    shown = {path: read_image_file(env, name, path) for path in ("/one", "/two", "/tmp/here")}
    assert shown == dict.fromkeys(shown, "copied\n")


@since("reference/build-keeps-metadata")
def test_owners_modes_and_links_of_a_step_are_there_in_the_next(api, env, build_context):
    name = env.reserve_name("image")
    steps = (
        "RUN mkdir /made; cd /made; echo one > file; ln -s file link; chown 77:88 file; chmod 4711 file",
        "RUN cd /made; chmod 2770 .; touch -t 200102030405.06 file",
        "RUN cd /made; stat -c '%n %a %u:%g %Y' file . > /seen; readlink link >> /seen",
    )

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context(*steps))

    assert_progress_succeeds(answer)
    seen = (read_image_file(env, name, "/seen") or "").splitlines()
    assert seen[:1] == ["file 4711 77:88 981173106"]
    assert [line.split()[:3] for line in seen[1:2]] == [[".", "2770", "0:0"]]
    assert seen[2:] == ["file"], "expected the target of the link"


@since("reference/build-progress")
def test_messages_come_while_the_build_goes_on(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("RUN echo first", "RUN sleep 1")

    with api.stream("POST", "/build", {"t": name, "nocache": 1}, **context) as stream:
        first = next(stream.messages(30), None)
        begun = time.monotonic()
        stream.rest(60)
        seconds = time.monotonic() - begun

    assert first is not None, "expected messages, got none"
    assert seconds > 0.5, f"the first message came {seconds:.1f} s before the last, although a step takes 1 s"


@since("reference/build-config")
def test_instructions_set_the_configuration_of_the_image(api, env, build_context):
    name = env.reserve_name("image")
    steps = [
        "MAINTAINER A. Uthor",
        "EXPOSE 81/tcp",
        "VOLUME /data",
        "USER tester",
        "WORKDIR /tmp",
        'ENTRYPOINT ["sh", "-c"]',
        'CMD ["true"]',
        "ONBUILD RUN true",
    ]

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context(*steps))

    assert_progress_succeeds(answer)
    found = env.client.get(f"/images/{name}/json")
    assert_status(found, 200)
    document = found.json()
    differing = {
        member: at(document, "Config", member)
        for member, wanted in CONFIGURED.items()
        if known(at(document, "Config", member), wanted, member) != wanted
    }
    assert differing == {}
    assert at(document, "Author") == "A. Uthor"


@since("reference/build-args-several")
def test_several_arguments_are_given_beside_those_for_proxies(api, env, build_context):
    name = env.reserve_name("image")
    proxies = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "no_proxy"), "http://proxy.invalid:3128"
    )
    context = build_context(
        "ARG ONE", "ARG TWO", "ARG THREE=3", "RUN echo $ONE/$TWO/$THREE/$http_proxy > /seen"
    )

    answer = api.post(
        "/build", {"t": name, "nocache": 1, "buildargs": {"ONE": "1", "TWO": "t w o", **proxies}}, **context
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/seen") == "1/t w o/3/http://proxy.invalid:3128\n"


@since("reference/build-registry-config")
def test_the_base_is_pulled_with_the_credentials_of_its_registry(
    api, env, registry, build_context, pullable_images
):
    name = env.reserve_name("image")
    context = build_context(base=pullable_images[0])
    headers = {**context["headers"], **registry.config_header()}

    answer = api.post("/build", {"t": name, "nocache": 1}, body=context["body"], headers=headers)

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == f"content of {pullable_images[0]}\n"


@since("reference/build-bad-name")
@pytest.mark.parametrize(
    "form",
    ["UPPER/{}Case:1", "two//{}parts:1", "{}name:not/a/tag"],
    ids=["UPPER/Case:1", "two//parts:1", "name:not/a/tag"],
)
def test_a_build_under_what_cannot_be_a_name_ends_in_an_error(api, env, build_context, form):
    name = form.format(env.prefix)

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context("ENV A=b"))

    if env.client.get(f"/images/{name}/json").ok:
        env.adopt("image", name)
    assert_progress_fails(answer)


@since("reference/build-labels-stages")
def test_labels_are_those_of_the_last_stage(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("ENV STAGE=first", f"FROM {env.image_name}", "ENV STAGE=second")

    answer = api.post("/build", {"t": name, "nocache": 1, "labels": {"colour": "red"}}, **context)

    assert_progress_succeeds(answer)
    shown = at(env.get(f"/images/{name}/json"), "Config")
    assert (at(shown, "Labels", "colour"), "STAGE=second" in array(shown, "Env")) == ("red", True)


@since("reference/build-prune-keep-storage")
@pytest.mark.usefixtures("build_cache")
def test_as_much_of_the_cache_as_asked_for_is_kept(build_engine):
    answer = build_engine.api.post("/build/prune", {"all": "1", "keep-storage": 1 << 50})

    assert_status(answer, 200)
    assert list_build_cache(build_engine.env)


@since("reference/build-unicode")
def test_text_beyond_ascii_is_built_as_it_was_sent(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context('LABEL greeting="grüß dich, 世界"', "ENV CITY=Zürich")

    answer = api.post("/build", {"t": name, "nocache": 1}, **context)

    assert_progress_succeeds(answer)
    shown = at(env.get(f"/images/{name}/json"), "Config")
    assert (at(shown, "Labels", "greeting"), "CITY=Zürich" in array(shown, "Env")) == (
        "grüß dich, 世界",
        True,
    )


@since("reference/build-labels-signs")
@pytest.mark.parametrize(
    "value",
    ["", "it's", 'say "hello"', "a=b, c", "$HOME"],
    ids=["empty", "apostrophe", "quotation-marks", "equals-sign", "dollar-sign"],
)
def test_a_label_has_the_value_as_it_was_sent(api, env, build_context, value):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "labels": {"sign": value}}, **build_context("ENV A=b"))

    assert_progress_succeeds(answer)
    assert at(env.get(f"/images/{name}/json"), "Config", "Labels", "sign") == value


@since("reference/build-labels-over-dockerfile")
def test_a_label_of_the_request_takes_the_place_of_that_of_the_dockerfile(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("LABEL colour=blue shape=round")

    answer = api.post("/build", {"t": name, "nocache": 1, "labels": {"colour": "red"}}, **context)

    assert_progress_succeeds(answer)
    labels = at(env.get(f"/images/{name}/json"), "Config", "Labels")
    assert (at(labels, "colour"), at(labels, "shape")) == ("red", "round")
