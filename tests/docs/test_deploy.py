"""The deployment files: parsed as their readers parse them, and held against the program."""

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import kubernetes_validate
import pytest
import yaml  # type: ignore[import-untyped]
from compose_spec import PyCompose
from sqlalchemy.engine import make_url

from matcher import __version__
from matcher.api.metrics import LedgerCollector, RequestMetrics
from matcher.cli.app import EXIT_CODES
from matcher.clock import utc_now
from matcher.domain.standings import RunStatus
from matcher.pipeline.nights.runs import LedgerState
from matcher.settings import Settings
from tests.docs.mentions import missing_from_program, words_of
from tests.docs.transcript import ROOT, blocks

DEPLOY = ROOT / "deploy"
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
KUBERNETES = DEPLOY / "kubernetes"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def instructions(name: str) -> list[str]:
    return re.findall(rf"^\s*{name}\s+(.*)$", DOCKERFILE, re.MULTILINE)


def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def documents_of(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def manifests() -> dict[str, Any]:
    """Those of the kustomization, by kind and name."""
    [kustomization] = documents_of(KUBERNETES / "kustomization.yaml")
    documents = [one for name in kustomization["resources"] for one in documents_of(KUBERNETES / name)]
    return {f"{document['kind']}/{document['metadata']['name']}": document for document in documents}


def pod_of(manifest: str) -> Any:
    spec = manifests()[manifest]["spec"]
    template = spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]
    return template["spec"]


DEPLOYMENT, MIGRATION = "Deployment/matcher", "Job/matcher-migrate"
JOBS = {"CronJob/matcher-refresh": "refresh", "CronJob/matcher-remind": "remind"}


def test_everything_the_dockerfile_copies_is_there_and_let_in() -> None:
    copied = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert rules[0] == "*"
    allowed = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    assert {"src", "pyproject.toml", "requirements.lock"} <= set(copied)
    for path in copied:
        assert (ROOT / path).exists()
        assert any(fnmatch.fnmatch(path, rule) for rule in allowed)


def test_the_dockerfile_installs_the_locked_torch_first() -> None:
    [locked] = re.findall(r"^torch==.*$", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert installs[0].split()[-1] == locked
    assert all("--constraint requirements.lock" in line for line in installs)
    assert "+" not in locked


def test_the_image_runs_as_a_fixed_user_without_rights() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert "--uid 10001" in " ".join(instructions("RUN"))
    for manifest in (DEPLOYMENT, MIGRATION, *JOBS):
        security = pod_of(manifest)["securityContext"]
        assert security["runAsNonRoot"]
        assert security["runAsUser"] == 10001


def test_the_image_starts_a_command_that_the_program_has() -> None:
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["matcher"]
    [command] = instructions("CMD")
    words = json.loads(command)
    assert words[0] == "serve"
    assert missing_from_program(words) == []


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (503, 1)])
def test_the_health_check_fails_when_the_service_is_not_ready(status: int, exit_code: int) -> None:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    [check] = instructions("HEALTHCHECK")
    code = json.loads(check.partition("CMD ")[2])[2]
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        code = code.replace("8000", str(server.server_port))
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == exit_code
    assert asked == ["/readyz"]


def test_compose_keeps_the_root_read_only_and_the_database_pinned() -> None:
    services = compose()["services"]
    assert services["matcher"]["read_only"] is True
    assert services["matcher"]["tmpfs"] == ["/tmp"]
    assert services["matcher"]["image"] == f"matcher:{__version__}"
    assert re.fullmatch(r"postgres:\d+\.\d+-[a-z]+", services["database"]["image"])
    assert services["database"]["healthcheck"]
    assert services["matcher"]["depends_on"]["database"]["condition"] == "service_healthy"
    used = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert used == set(compose()["volumes"])


def test_compose_is_valid_by_its_specification() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    assert set(PyCompose.from_yaml(text).services or ()) == set(compose()["services"])
    with pytest.raises(ValueError, match="read_olny"):
        PyCompose.from_yaml(text.replace("read_only", "read_olny"))


@pytest.mark.parametrize(
    ("now", "seconds"),
    [(0, 64_800), (64_799, 1), (64_800, 86_400), (64_801, 86_399), (86_399, 64_801)],
)
def test_the_night_of_compose_waits_for_two_in_beijing(now: int, seconds: int) -> None:
    night = compose()["services"]["night"]
    [script] = night["command"]
    script = script.replace("$$", "$")
    assert re.findall(r"^\s+matcher (\w+)", script, re.MULTILINE) == ["refresh"]
    [wait] = re.findall(r'sleep "(.*)"', script)
    wait = wait.replace("$(date +%s)", str(1_700_006_400 + now))
    assert 1_700_006_400 % 86_400 == 0
    done = subprocess.run(["/bin/sh", "-c", f"echo {wait}"], capture_output=True, text=True, check=True)
    assert int(done.stdout) == seconds


def test_the_example_of_the_environment_file_names_the_database_of_compose() -> None:
    lines = (DEPLOY / "compose.env.example").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    ours = {name for name in values if name.startswith("MATCHER_")}
    assert {name.removeprefix("MATCHER_").lower() for name in ours} <= set(Settings.model_fields)
    url = make_url(values["MATCHER_DATABASE_URL"])
    assert (url.username, url.password, url.database) == (
        values["POSTGRES_USER"],
        values["POSTGRES_PASSWORD"],
        values["POSTGRES_DB"],
    )
    assert url.host in compose()["services"]
    assert (DEPLOY / ".gitignore").read_text("utf-8").split() == ["compose.env"]


@pytest.mark.parametrize("job", JOBS)
def test_the_cron_jobs_run_in_beijing_time_one_at_a_time(job: str) -> None:
    spec = manifests()[job]["spec"]
    assert (spec["timeZone"], spec["concurrencyPolicy"]) == ("Asia/Shanghai", "Forbid")
    [container] = pod_of(job)["containers"]
    assert container["args"] == [JOBS[job]]
    assert missing_from_program(container["args"]) == []
    rules = spec["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    named = {code for rule in rules for code in rule["onExitCodes"]["values"]}
    assert named <= set(EXIT_CODES.values())
    assert {rule["onExitCodes"]["containerName"] for rule in rules} == {container["name"]}


@pytest.mark.parametrize("path", sorted(KUBERNETES.glob("*.yaml")), ids=lambda path: path.name)
def test_every_manifest_is_valid_by_the_schemas_of_kubernetes(path: Path) -> None:
    for document in documents_of(path):
        if document["kind"] == "Kustomization":
            continue
        kubernetes_validate.validate(document, "1.31", strict=True)


def test_the_schemas_refuse_what_kubernetes_does_not_know() -> None:
    wrong = manifests()[DEPLOYMENT]
    wrong["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.31", strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_the_kustomization_puts_one_image_in_every_pod() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(KUBERNETES)], capture_output=True, text=True, check=True
    )
    made = {f"{one['kind']}/{one['metadata']['name']}": one for one in yaml.safe_load_all(done.stdout)}
    assert made == manifests()


def test_the_kustomization_holds_every_manifest_but_the_example_of_a_secret() -> None:
    [kustomization] = documents_of(KUBERNETES / "kustomization.yaml")
    files = {path.name for path in KUBERNETES.iterdir()}
    assert files == {*kustomization["resources"], "kustomization.yaml", "secret.example.yaml"}
    assert kustomization["images"] == [{"name": "matcher", "newName": "matcher", "newTag": __version__}]


def test_replicas_keep_nothing_and_run_one_version() -> None:
    spec = manifests()[DEPLOYMENT]["spec"]
    assert spec["replicas"] > 1
    assert spec["strategy"] == {"type": "Recreate"}
    pod = pod_of(DEPLOYMENT)
    assert all("emptyDir" in volume for volume in pod["volumes"])
    [container] = pod["containers"]
    assert "--replica" in container["args"]
    assert missing_from_program(container["args"]) == []
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe")} == {
        "/healthz"
    }
    assert not any(one.startswith("PersistentVolumeClaim/") for one in manifests())


def test_a_job_of_its_own_migrates() -> None:
    [container] = pod_of(MIGRATION)["containers"]
    assert container["args"] == ["db", "upgrade"]
    assert missing_from_program(container["args"]) == []


def test_the_service_and_its_limits_choose_pods_that_there_are() -> None:
    made = manifests()
    labels = [
        made[DEPLOYMENT]["spec"]["template"]["metadata"]["labels"],
        made[MIGRATION]["spec"]["template"]["metadata"]["labels"],
        *(made[job]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"] for job in JOBS),
    ]
    chosen = [
        made["Service/matcher"]["spec"]["selector"],
        made["PodDisruptionBudget/matcher"]["spec"]["selector"]["matchLabels"],
        made["NetworkPolicy/matcher"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(one == labels[0] for one in chosen)
    assert {one["app"] for one in labels[1:]} == {
        made["NetworkPolicy/matcher-job"]["spec"]["podSelector"]["matchLabels"]["app"]
    }
    assert labels[0]["app"] != labels[1]["app"], "the service sends nobody to a job"


def test_the_settings_and_secrets_of_the_manifests_are_ones_the_program_has() -> None:
    secrets = {one["metadata"]["name"]: one for one in documents_of(KUBERNETES / "secret.example.yaml")}
    named = [*manifests()["ConfigMap/matcher"]["data"], *secrets["matcher-remind"]["stringData"]]
    assert {name.removeprefix("MATCHER_").lower() for name in named} <= set(Settings.model_fields)
    asked = {
        variable["valueFrom"]["secretKeyRef"]["key"]
        for manifest in (DEPLOYMENT, MIGRATION, *JOBS)
        for variable in pod_of(manifest)["containers"][0]["env"]
    }
    assert asked == set(secrets["matcher"]["stringData"])
    to = secrets["matcher-remind"]["stringData"]["MATCHER_REMIND_TO"]
    assert Settings.model_validate({"remind_to": to}).remind_to


@pytest.mark.parametrize("manifest", [DEPLOYMENT, MIGRATION, *JOBS])
def test_a_pod_mounts_only_volumes_it_has_and_writes_nowhere_else(manifest: str) -> None:
    pod = pod_of(manifest)
    [container] = pod["containers"]
    assert container["image"] == f"matcher:{__version__}"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}
    variables = {variable["name"] for variable in container["env"]}
    assert {name.removeprefix("MATCHER_").lower() for name in variables} <= set(Settings.model_fields)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "matcher"
    for unit in UNITS:
        content = unit.read_text("utf-8").replace("/opt/matcher/bin/matcher", str(program))
        (tmp_path / unit.name).write_text(content, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
    )
    complaints = [line for line in done.stderr.splitlines() if "matcher" in line]
    assert complaints == []


def test_every_unit_runs_a_command_that_the_program_has() -> None:
    started = [
        words_of(line.partition("/opt/matcher/bin/matcher ")[2])
        for unit in UNITS
        for line in unit.read_text("utf-8").splitlines()
        if line.startswith("ExecStart=")
    ]
    assert ["refresh"] in started
    assert ["remind"] in started
    assert [missing_from_program(words) for words in started] == [[]] * len(started)


def test_the_cron_lines_have_five_times_a_user_the_refresh_and_later_the_briefs() -> None:
    lines = (DEPLOY / "cron" / "matcher").read_text("utf-8").splitlines()
    jobs = [line for line in lines if re.match(r"[\d*]", line)]
    started = []
    for job in jobs:
        fields = job.split(None, 6)
        assert fields[2:6] == ["*", "*", "*", "matcher"]
        assert "%" not in job
        program, *rest = shlex.split(fields[6])
        assert program == "/opt/matcher/bin/matcher"
        assert missing_from_program(words_of(shlex.join(rest[:1]))) == []
        started.append((int(fields[1]), int(fields[0]), rest[0]))
    assert started == [(2, 0, "refresh"), (7, 30, "remind")]


def test_the_cron_file_names_settings_that_exist_and_sends_nothing_as_it_is() -> None:
    text = (DEPLOY / "cron" / "matcher").read_text("utf-8")
    named = re.findall(r"^(# )?MATCHER_(\w+)=(.*)$", text, re.MULTILINE)
    assert {name.lower() for _, name, _ in named} <= set(Settings.model_fields)
    assert [name for off, name, _ in named if not off] == ["DATA_DIR"]
    [to] = [value for _, name, value in named if name == "REMIND_TO"]
    assert Settings.model_validate({"remind_to": shlex.split(to)[0]}).remind_to


def test_the_alerts_ask_for_metrics_that_are_exposed() -> None:
    document = (ROOT / "docs" / "operations.md").read_text("utf-8")
    state = LedgerState(utc_now(), RunStatus.SUCCEEDED, 1, 1)
    families = [*LedgerCollector(lambda: state).collect(), *RequestMetrics().registry.collect()]
    exposed = {family.name for family in families}
    [alerts] = blocks(document, "yaml")
    rules = yaml.safe_load(alerts)["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"matcher_\w+", rule["expr"])}
    assert len(asked) == 2
    assert asked <= exposed
    tabled = {name.removesuffix("_total") for name in re.findall(r"`(matcher_\w+)", document)}
    assert tabled == exposed
