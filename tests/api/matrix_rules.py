"""Which right or rule every operation of the OpenAPI document needs, and how it is asked."""

from matcher.domain.access import Right
from tests.api.matrix import Aim, Rule, embedded, get, send, upload
from tests.api.matrix_town import ORIGIN, Town

OWN_GRADES = {"research_unit": (200, 404, "a research unit reads and answers grades of its own achievements")}
FOUND_FIRST = (403, 404, "another park's import is not there; which right the own one needs, its list says")
NO_IMPORT = {"research_unit": (403, 403, "whole supply lists are the district's to import")}
PAIR = {"demand_id": "{demand}", "achievement_id": "{achievement}"}
LISTING = {"title": "电解槽隔膜 {n}"}

RULES: dict[str, Rule] = {
    # parks
    "list_parks": Rule(get("/v1/parks"), aim=Aim.SCOPE),
    "create_park": Rule(
        send("POST", "/v1/parks", code="bing", name="丙园"), Right.ADMINISTER, Aim.SCOPE, ok=201
    ),
    "read_park": Rule(get("/v1/parks/{park}")),
    # the supply list
    "list_achievements": Rule(get("/v1/achievements"), Right.READ_SUPPLY, Aim.SCOPE),
    "create_achievement": Rule(
        send("POST", "/v1/achievements", **LISTING), Right.WRITE_SUPPLY, Aim.SCOPE, ok=201
    ),
    "read_achievement": Rule(get("/v1/achievements/{achievement}"), Right.READ_SUPPLY, Aim.SUPPLY),
    "replace_achievement": Rule(
        send("PUT", "/v1/achievements/{achievement}", title="{achievement_title}", organisation="{unit}"),
        Right.WRITE_SUPPLY,
        Aim.SUPPLY,
    ),
    "update_achievement": Rule(
        send("PATCH", "/v1/achievements/{achievement}", keywords=["隔膜 {n}"]), Right.WRITE_SUPPLY, Aim.SUPPLY
    ),
    "withdraw_achievement": Rule(
        send("POST", "/v1/achievements/{achievement}/withdraw"),
        Right.WRITE_SUPPLY,
        Aim.SUPPLY,
        prepare=Town.new_achievement,
    ),
    "restore_achievement": Rule(
        send("POST", "/v1/achievements/{achievement}/restore"), Right.WRITE_SUPPLY, Aim.SUPPLY
    ),
    "change_achievements": Rule(
        send(
            "POST",
            "/v1/achievements/bulk",
            act="set",
            items=[{"id": "{achievement}"}],
            fields={"level": "国内先进 {n}"},
        ),
        Right.WRITE_SUPPLY,
        Aim.SUPPLY,
    ),
    "export_achievements": Rule(get("/v1/achievements/export"), Right.READ_SUPPLY, Aim.SCOPE),
    "merge_achievements": Rule(
        send("POST", "/v1/achievements/{achievement}/merge", duplicates=[{"id": "{duplicate}"}]),
        Right.WRITE_SUPPLY,
        Aim.SUPPLY,
        prepare=Town.twice_offered,
    ),
    "list_achievement_revisions": Rule(
        get("/v1/achievements/{achievement}/revisions"), Right.READ_SUPPLY, Aim.SUPPLY
    ),
    "list_achievement_matches": Rule(
        get("/v1/achievements/{achievement}/matches"), Right.READ_SUPPLY, Aim.SUPPLY, shown=True
    ),
    "import_achievements": Rule(
        upload("/v1/achievements/import", "supply"), Right.WRITE_SUPPLY, Aim.SCOPE, exceptions=NO_IMPORT
    ),
    "rejects_of_achievements": Rule(
        upload("/v1/achievements/import/rejects", "supply"),
        Right.WRITE_SUPPLY,
        Aim.SCOPE,
        exceptions=NO_IMPORT,
    ),
    # the demand lists
    "list_demands": Rule(get("/v1/demands?park={park}&include_withdrawn=true"), shown=True),
    "create_demand": Rule(send("POST", "/v1/demands", park="{park}", **LISTING), Right.WRITE_DEMANDS, ok=201),
    "read_demand": Rule(get("/v1/demands/{demand}"), shown=True),
    "replace_demand": Rule(
        send("PUT", "/v1/demands/{demand}", title="换过的需求 {n}"),
        Right.WRITE_DEMANDS,
        prepare=Town.new_demand,
    ),
    "update_demand": Rule(send("PATCH", "/v1/demands/{demand}", keywords=["隔膜 {n}"]), Right.WRITE_DEMANDS),
    "withdraw_demand": Rule(
        send("POST", "/v1/demands/{demand}/withdraw"), Right.WRITE_DEMANDS, prepare=Town.new_demand
    ),
    "restore_demand": Rule(send("POST", "/v1/demands/{demand}/restore"), Right.WRITE_DEMANDS),
    "change_demands": Rule(
        send(
            "POST",
            "/v1/demands/bulk",
            act="set",
            items=[{"id": "{demand}"}],
            fields={"region": "大兴 {n}"},
        ),
        Right.WRITE_DEMANDS,
        prepare=Town.new_demand,
    ),
    "export_demands": Rule(get("/v1/demands/export?park={park}"), Right.READ_PARK, shown=True),
    "merge_demands": Rule(
        send("POST", "/v1/demands/{demand}/merge", duplicates=[{"id": "{duplicate}"}]),
        Right.WRITE_DEMANDS,
        prepare=Town.twice_asked,
    ),
    "list_demand_revisions": Rule(get("/v1/demands/{demand}/revisions"), shown=True),
    "list_demand_matches": Rule(get("/v1/demands/{demand}/matches"), shown=True),
    "import_demands": Rule(upload("/v1/demands/import", "demands", park="{park}"), Right.WRITE_DEMANDS),
    "rejects_of_demands": Rule(
        upload("/v1/demands/import/rejects", "demands", park="{park}"), Right.WRITE_DEMANDS
    ),
    # imports, templates, free text
    "list_imports": Rule(get("/v1/imports"), aim=Aim.SCOPE, shown=True),
    "list_import_profiles": Rule(get("/v1/import-profiles"), Right.WRITE_DEMANDS, Aim.SCOPE),
    "save_import_profile": Rule(
        send("PUT", "/v1/import-profiles", park="{park}", headings=["题", "述"], mapping={"题": "title"}),
        Right.WRITE_DEMANDS,
    ),
    "undo_import": Rule(
        send("POST", "/v1/imports/{listing_import}/undo"),
        prepare=Town.new_import,
        exceptions=dict.fromkeys(
            ("technology_manager", "batch", "reader"),
            FOUND_FIRST,
        ),
    ),
    "list_rejected_rows": Rule(
        get("/v1/imports/{listing_import}/rows"),
        exceptions=dict.fromkeys(("technology_manager", "batch", "reader"), FOUND_FIRST),
    ),
    "mend_rejected_rows": Rule(
        send(
            "POST",
            "/v1/imports/{listing_import}/rows",
            rows=[{"row_id": "{rejected_row}", "cells": {"需求名称": "改正的需求 {n}"}}],
        ),
        prepare=Town.new_rejected_row,
        exceptions=dict.fromkeys(("technology_manager", "batch", "reader"), FOUND_FIRST),
    ),
    "download_template": Rule(get("/v1/templates/demands.xlsx"), aim=Aim.SCOPE),
    "match_text": Rule(
        send("POST", "/v1/match", text="电解槽复合隔膜，耐浓碱", side="supply", park="{park}", top_k=50),
        Right.READ_PARK,
        shown=True,
    ),
    # the ledger
    "list_entries": Rule(get("/v1/ledger?park={park}&standing=all"), Right.READ_PARK, shown=True),
    "read_entry": Rule(get("/v1/ledger/{entry}"), Right.READ_PARK, shown=True),
    "export_ledger": Rule(get("/v1/ledger/export?park={park}"), Right.READ_PARK, shown=True),
    "import_ledger": Rule(
        upload("/v1/ledger/import", "ledger", park="{park}"), Right.WORK_LEDGER, prepare=Town.edited_ledger
    ),
    "list_ledger_imports": Rule(get("/v1/ledger/imports?park={park}"), Right.READ_PARK, shown=True),
    "undo_ledger_import": Rule(
        send("POST", "/v1/ledger/imports/{ledger_import}/undo"),
        Right.WORK_LEDGER,
        prepare=Town.new_ledger_import,
    ),
    "erase_person": Rule(send("POST", "/v1/erasures", name="示例无名氏"), Right.ADMINISTER, Aim.SCOPE),
    "list_due": Rule(get("/v1/ledger/due?park={park}&days=30"), Right.READ_PARK, shown=True),
    "compare_suppliers": Rule(get("/v1/demands/{demand}/suppliers"), Right.READ_PARK, shown=True),
    "read_history": Rule(get("/v1/ledger/{entry}/history"), Right.READ_PARK, shown=True),
    "read_explanation": Rule(get("/v1/ledger/{entry}/explanation"), Right.READ_PARK, shown=True),
    "add_entry": Rule(send("POST", "/v1/ledger", **PAIR), Right.RUN_PARK, ok=201, prepare=Town.new_demand),
    "update_entry": Rule(send("PATCH", "/v1/ledger/{entry}", notes="第 {n} 次联系"), Right.WORK_LEDGER),
    "move_entry": Rule(
        send("POST", "/v1/ledger/{entry}/stage", stage="{next_stage}"),
        Right.WORK_LEDGER,
        prepare=Town.movable,
    ),
    "grade_entry": Rule(
        send("POST", "/v1/ledger/{entry}/grade", grade=2, reason="第 {n} 次评分"), Right.WORK_LEDGER
    ),
    "reply_to_grade": Rule(
        send("POST", "/v1/ledger/{entry}/reply", reply="第 {n} 次答复"),
        Right.WORK_LEDGER,
        exceptions=OWN_GRADES,
    ),
    "list_grades": Rule(get("/v1/ledger/{entry}/grades"), Right.READ_PARK, shown=True, exceptions=OWN_GRADES),
    "list_all_grades": Rule(
        get("/v1/grades"),
        Right.READ_PARK,
        Aim.SCOPE,
        shown=True,
        exceptions={"research_unit": (200, 200, "a research unit reads grades of its own achievements")},
    ),
    "hand_over": Rule(
        send("POST", "/v1/ledger/hand-over", **{"park": "{park}", "from": "示例钱 {n}", "to": "示例孙"}),
        Right.RUN_PARK,
    ),
    "list_evidence": Rule(get("/v1/ledger/{entry}/evidence"), Right.READ_PARK, shown=True),
    "add_link": Rule(
        send("POST", "/v1/ledger/{entry}/evidence", title="报告", url="https://reports.example.cn/{n}"),
        Right.WORK_LEDGER,
        ok=201,
    ),
    "add_file": Rule(
        upload("/v1/ledger/{entry}/evidence/files", "report", title="检测报告"), Right.WORK_LEDGER, ok=201
    ),
    "read_file": Rule(get("/v1/ledger/{entry}/evidence/{evidence}/file"), Right.READ_PARK, shown=True),
    "remove_evidence": Rule(
        send("DELETE", "/v1/ledger/{entry}/evidence/{evidence}"),
        Right.WORK_LEDGER,
        prepare=Town.new_evidence,
    ),
    "list_abstentions": Rule(get("/v1/abstentions?park={park}"), Right.READ_PARK, shown=True),
    "list_near_misses": Rule(get("/v1/demands/{unsupplied}/near-misses"), Right.READ_PARK, shown=True),
    "read_profile": Rule(get("/v1/parks/{park}/profile"), Right.READ_PARK, shown=True),
    "save_profile": Rule(send("PUT", "/v1/parks/{park}/profile", top_k=9), Right.RUN_PARK),
    "list_profile_versions": Rule(get("/v1/parks/{park}/profile/versions"), Right.READ_PARK, shown=True),
    "read_constraints": Rule(get("/v1/demands/{demand}/constraints"), Right.READ_PARK, shown=True),
    "save_constraints": Rule(
        send("PUT", "/v1/demands/{demand}/constraints", regions=["京郊"]), Right.RUN_PARK
    ),
    "list_scorings": Rule(get("/v1/scorings?park={park}"), Right.READ_PARK, shown=True),
    "read_scoring": Rule(get("/v1/scorings/{scoring}"), Right.READ_PARK, shown=True),
    "learn_scoring": Rule(send("POST", "/v1/scorings", park="{park}"), Right.RUN_PARK, ok=201),
    "use_scoring": Rule(
        send("PUT", "/v1/scorings/in-use", park="{park}", scoring_id="{scoring}"), Right.RUN_PARK
    ),
    "list_exclusions": Rule(get("/v1/ledger/exclusions?park={park}"), Right.READ_PARK, shown=True),
    "exclude_pair": Rule(
        send("POST", "/v1/ledger/exclusions", **PAIR, reason="企业明确不再考虑"),
        Right.RUN_PARK,
        ok=201,
        prepare=Town.new_demand,
    ),
    "lift_exclusion": Rule(
        send("DELETE", "/v1/ledger/exclusions/{exclusion}"), Right.RUN_PARK, prepare=Town.new_exclusion
    ),
    # blind grading
    "list_judgings": Rule(get("/v1/parks/{park}/judgings"), Right.READ_PARK, shown=True),
    "start_judging": Rule(
        send("POST", "/v1/parks/{park}/judgings", demands=1, depth=1, name="盲评 {n}"), Right.RUN_PARK, ok=201
    ),
    "read_next_pair": Rule(
        get("/v1/parks/{park}/judgings/{judging}/next?judge=示例甲"), Right.WORK_LEDGER, shown=True
    ),
    "grade_blind": Rule(
        send("POST", "/v1/parks/{park}/judgings/{judging}/grades", number=1, grade=2, judge="示例乙 {n}"),
        Right.WORK_LEDGER,
    ),
    "read_agreement": Rule(get("/v1/parks/{park}/judgings/{judging}/agreement"), Right.READ_PARK, shown=True),
    "export_judging": Rule(get("/v1/parks/{park}/judgings/{judging}/export"), Right.READ_PARK, shown=True),
    # runs
    "list_runs": Rule(get("/v1/runs"), aim=Aim.SCOPE),
    "read_run": Rule(get("/v1/runs/{run}"), aim=Aim.SCOPE),
    "start_run": Rule(
        send("POST", "/v1/runs"), Right.START_RUN, Aim.SCOPE, ok=202, prepare=Town.no_run_under_way
    ),
    "read_diff": Rule(get("/v1/runs/{run}/diff?park={park}"), Right.READ_PARK, shown=True),
    "read_brief": Rule(get("/v1/parks/{park}/brief"), Right.READ_PARK, shown=True),
    "export_brief": Rule(get("/v1/parks/{park}/brief/export"), Right.READ_PARK, shown=True),
    # keys, sessions, embedding
    "list_keys": Rule(get("/v1/keys"), Right.ADMINISTER, Aim.SCOPE, shown=True),
    "create_key": Rule(
        send("POST", "/v1/keys", name="钥匙 {n}", role="reader", parks=["{park}"]),
        Right.ADMINISTER,
        ok=201,
    ),
    "revoke_key": Rule(send("DELETE", "/v1/keys/{key}"), Right.ADMINISTER, ok=204, prepare=Town.new_key),
    "sign_in": Rule(send("POST", "/v1/session", token="mk_0_0"), aim=Aim.ANYONE, ok=401),
    "read_session": Rule(get("/v1/session"), aim=Aim.SCOPE),
    "sign_out": Rule(send("DELETE", "/v1/session"), aim=Aim.SCOPE, ok=404),
    "create_embed_token": Rule(
        send("POST", "/v1/embed-tokens", park="{park}", origins=[ORIGIN]), Right.ISSUE_EMBED, ok=201
    ),
    "list_embed_tokens": Rule(get("/v1/embed-tokens"), Right.ADMINISTER, Aim.SCOPE, shown=True),
    "revoke_embed_token": Rule(
        send("DELETE", "/v1/embed-tokens/{token}"), Right.ADMINISTER, ok=204, prepare=Town.new_token
    ),
    "read_embedded_matches": Rule(
        embedded,
        aim=Aim.ANYONE,
        ok=401,
        exceptions={"embed": (200, 404, "an embed token reads public demands of its one park")},
    ),
    # health
    "healthz": Rule(get("/healthz"), aim=Aim.ANYONE),
    "readyz": Rule(get("/readyz"), aim=Aim.ANYONE),
    "metrics": Rule(get("/metrics"), aim=Aim.ANYONE),
}
