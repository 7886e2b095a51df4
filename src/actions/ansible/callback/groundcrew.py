"""Tells what a playbook does as lines of JSON: names of tasks, how each went, and differences. Never values."""

import json
import sys

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: groundcrew
    type: stdout
    short_description: lines of JSON for Groundcrew
    description: One line of JSON for each task that begins and each that ends, and the statistics at the end.
    extends_documentation_fragment: [default_callback]
"""

LONGEST = 20000


def words(value):
    return value[:LONGEST] if isinstance(value, str) else ""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "groundcrew"

    def tell(self, **what):
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    def v2_playbook_on_play_start(self, play):
        self.tell(kind="play", name=play.get_name().strip())

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.tell(kind="task", name=task.get_name().strip())

    def v2_playbook_on_handler_task_start(self, task):
        self.tell(kind="task", name=task.get_name().strip())

    def ended(self, result, state):
        found = result._result
        if found.get("_ansible_no_log"):
            found = {"changed": found.get("changed"), "msg": "What it said is hidden (no_log)."}
        self.tell(
            kind="result",
            task=result._task.get_name().strip(),
            host=result._host.get_name(),
            state=state,
            changed=bool(found.get("changed")),
            message="\n".join(filter(None, (words(found.get(k)) for k in ("msg", "stderr")))),
        )

    def v2_runner_on_ok(self, result):
        self.ended(result, "ok")

    def v2_runner_on_skipped(self, result):
        self.ended(result, "skipped")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.ended(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result):
        self.ended(result, "unreachable")

    def v2_on_file_diff(self, result):
        if result._result.get("_ansible_no_log") or not result._result.get("changed"):
            return
        diffs = result._result.get("diff") or []
        for diff in diffs if isinstance(diffs, list) else [diffs]:
            if not isinstance(diff, dict):
                continue
            before, after = diff.get("before"), diff.get("after")
            self.tell(
                kind="diff",
                task=result._task.get_name().strip(),
                before=words(before if isinstance(before, str) else json.dumps(before, indent=2, default=str)),
                after=words(after if isinstance(after, str) else json.dumps(after, indent=2, default=str)),
                prepared=words(diff.get("prepared")),
            )

    def v2_playbook_on_stats(self, stats):
        custom = stats.custom.get("_run") or {}
        outputs = custom.get("outputs") or {}
        self.tell(
            kind="end",
            outputs={str(k): v if isinstance(v, str) else json.dumps(v, default=str) for k, v in outputs.items()}
            if isinstance(outputs, dict)
            else {},
        )
