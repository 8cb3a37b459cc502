"""Makes the pictures in docs/images/ anew: `python docs/screenshots.py`, from the repository's root.

The service is started as `make serve` does, with the sample lists in a folder of its own, and a real Chromium
looks at the console and at a page of another origin that embeds a demand's matches.
"""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CONSOLE = ("biomed", "XQ-SW-001")
"""Park and demand shown in the console: one with two fitting results."""
WIDGET = ("hydrogen", "XQ-QN-001")
"""Park and demand shown in the embedded list."""
WORKED = "hydrogen"
"""Park whose ledger is shown, after some days of work."""

PORTAL = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>示例门户</title>
<style>
  body {{ margin: 0; font: 15px/1.7 "Noto Sans CJK SC", sans-serif; color: #222; background: #f6f3ee; }}
  header {{ padding: 18px 48px; background: #7d2b2b; color: #fff; font-size: 19px; font-weight: 600; }}
  header small {{ margin-left: 14px; font-size: 14px; font-weight: 400; color: #f2dede; }}
  main {{ max-width: 860px; margin: 0 auto; padding: 26px 24px 34px; }}
  p {{ margin: 2px 0 16px; color: #555; }}
  h1 {{ margin: 0; font-size: 22px; }}
  matcher-results {{ --matcher-accent: #7d2b2b; --matcher-border: #e2dad0; }}
</style>
<header>某某大学技术转移中心<small>示例门户 · 与匹配服务不同源</small></header>
<main>
  <h1>{title}</h1>
  <p>{organisation} · 以下结果由 &lt;matcher-results&gt; 实时嵌入</p>
  <matcher-results src="{address}" demand="{demand}" token="{token}" lang="zh-CN" top="4"></matcher-results>
</main>
<script src="{address}/embed/matcher-results.js"></script>
</html>
"""


@contextmanager
def service() -> Iterator[tuple[str, str]]:
    """A login link and an API key of a fresh installation with the sample lists."""
    with tempfile.TemporaryDirectory() as folder:
        matcher = str(Path(sys.executable).with_name("matcher"))
        command = [matcher, "serve", "--port", "0", "--samples", "data/seed"]
        environment = os.environ | {"MATCHER_DATA_DIR": folder, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            assert process.stdout is not None
            [link] = re.findall(r"http://\S+#login=\S+", process.stdout.readline())
            key = (Path(folder) / "local-key").read_text("utf-8").strip()
            address, _, _ = link.partition("/#")
            # The link is printed before the service listens.
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as waiting:
                waiting.get(f"{address}/readyz").raise_for_status()
            yield link, key
        finally:
            process.terminate()
            process.wait()


@contextmanager
def pages(folder: Path) -> Iterator[str]:
    """The origin that serves `folder`."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def console(page: Page) -> None:
    """A park's demand with its ranked matches."""
    park, code = CONSOLE
    page.get_by_label("园区", exact=True).select_option(park)
    page.get_by_role("link", name="企业需求", exact=True).click()
    page.locator(".items a").filter(has_text=code).click()
    page.locator(".match").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=IMAGES / "console.png")


def write_work(address: str, key: str) -> int:
    """Some days of an office's work on the ledger; gives the entry to show."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()

    def day(offset: int) -> str:
        return (today + timedelta(days=offset)).isoformat()

    columns: list[tuple[list[str], dict[str, object]]] = [
        (
            ["pending", "pushed", "engaged"],
            {
                "next_action": "约双方看样品",
                "due": day(-2),
                "owner": "示例赵",
                "technology_manager": "示例钱",
            },
        ),
        (["pending"], {"next_action": "补充放大数据", "due": day(3), "owner": "示例赵"}),
        (["pending", "pushed"], {"next_action": "寄送技术说明", "due": day(0), "owner": "示例孙"}),
        (["pending"], {"trial_start": day(-60), "trial_end": day(21), "owner": "示例孙"}),
    ]
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as rest:
        office = {"name": "园区办公室", "role": "operator", "parks": [WORKED]}
        rest.headers["Authorization"] = f"Bearer {rest.post('/v1/keys', json=office).json()['key']}"
        listed = rest.get("/v1/ledger", params={"park": WORKED, "limit": 200}).json()["items"]
        entries = [one["entry_id"] for one in listed if one["rank"] <= 2]
        for entry_id, (stages, changes) in zip(entries, columns, strict=False):
            for stage in stages:
                rest.post(f"/v1/ledger/{entry_id}/stage", json={"stage": stage}).raise_for_status()
            rest.patch(f"/v1/ledger/{entry_id}", json=changes).raise_for_status()
        grade = {"grade": 2, "reason": "指标接近，缺少放大数据"}
        rest.post(f"/v1/ledger/{entries[0]}/grade", json=grade).raise_for_status()
    return int(entries[0])


def work(page: Page, address: str, key: str) -> None:
    """A park's day, its ledger, and an entry of it."""
    entry_id = write_work(address, key)
    page.goto(f"{address}/#/today")
    page.get_by_label("园区", exact=True).select_option(WORKED)
    page.locator(".due-list li").first.wait_for()
    page.screenshot(path=IMAGES / "today.png")
    page.goto(f"{address}/#/ledger")
    page.locator(".entry-open").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=IMAGES / "ledger.png")
    page.goto(f"{address}/#/ledger/{entry_id}")
    page.locator(".work-form").wait_for()
    page.screenshot(path=IMAGES / "entry.png")


def widget(browser: Browser, address: str, key: str) -> None:
    """The same service's matches on a page of another origin."""
    park, code = WIDGET
    with (
        tempfile.TemporaryDirectory() as folder,
        pages(Path(folder)) as origin,
        httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as rest,
    ):
        [demand] = rest.get("/v1/demands", params={"park": park, "q": code}).json()["items"]
        token = rest.post("/v1/embed-tokens", json={"park": park, "origins": [origin]}).json()["token"]
        names = {"title": demand["title"], "organisation": demand["organisation"], "demand": demand["id"]}
        portal = PORTAL.format(address=address, token=token, **names)
        (Path(folder) / "index.html").write_text(portal, "utf-8")
        page = browser.new_page(viewport={"width": 1000, "height": 400}, locale="zh-CN")
        page.goto(origin)
        page.locator("matcher-results [part=item]").first.wait_for()
        page.screenshot(path=IMAGES / "widget.png", full_page=True)


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with service() as (link, key), sync_playwright() as playwright:
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1320, "height": 840}, locale="zh-CN")
        page.goto(link)
        address = link.partition("/#")[0]
        console(page)
        work(page, address, key)
        widget(browser, address, key)
        browser.close()


if __name__ == "__main__":
    main()
