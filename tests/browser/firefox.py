"""Firefox by WebDriver BiDi over a web socket of its own (W3C WebDriver BiDi): no driver beside the browser."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

SECONDS = 90


class Firefox:
    """One window of a headless Firefox; ``events`` are those that were sent since the last page was opened."""

    def __init__(self, program: str, profile: Path) -> None:
        import websocket

        log = profile / "stderr.txt"
        words = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        self._log = log.open("w", encoding="utf-8")
        self._process = subprocess.Popen(words, stdout=self._log, stderr=self._log)
        try:
            address = f"{self._address(log)}/session"
            self._socket = websocket.create_connection(address, timeout=SECONDS, suppress_origin=True)
        except Exception:
            self._end()
            raise
        self._number = 0
        self.events: list[dict[str, Any]] = []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.window = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self, log: Path) -> str:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text("utf-8", errors="replace")):
                return found[1]
            time.sleep(0.1)
        raise TimeoutError("firefox did not open its socket")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a command; events that come before it are kept."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv())
            if said.get("id") == self._number:
                assert said["type"] == "success", said
                return dict(said["result"])
            self.events.append(said)

    def open(self, address: str, width: int = 1280) -> None:
        """Open an address in the window."""
        self.events.clear()
        self.call("browsingContext.setViewport", context=self.window, viewport={"width": width, "height": 900})
        self.call("browsingContext.navigate", context=self.window, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression."""
        said = self.call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self.window},
            awaitPromise=True,
        )
        assert said["type"] == "success", said
        return json.loads(said["result"]["value"])

    def keys(self, *keys: str) -> None:
        """Press keys one after another."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        device = {"type": "key", "id": "keyboard", "actions": actions}
        self.call("input.performActions", context=self.window, actions=[device])

    def quit(self) -> None:
        """End the browser."""
        self._socket.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()
