"""How long training and a cold question take, and how much memory the running service holds.

python bench/start.py
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

FAXIAOHU = [sys.executable, "-c", "from bot.cli import main; main()"]
RUNS = 7
QUESTIONS = ("同学总是欺负我怎么办", "压岁钱归谁", "老师没收手机不还", "第八条说什么", "今天天气怎么样")


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"FAXIAOHU_CACHE_DIR": f"{folder}/cache", "FAXIAOHU_DATA_DIR": f"{folder}/data"}
        print(f"training, compiling and the first answer   {_ask(environment):.1f} s")
        cold = [_ask(environment) for _ in range(RUNS)]
        print(
            f"ask from cold with a cached model          median {statistics.median(cold):.2f} s, max {max(cold):.2f} s"
        )
        print(f"run, resident after {200 * len(QUESTIONS)} questions         {_resident(environment):.0f} MB")


def _ask(environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run([*FAXIAOHU, "ask", QUESTIONS[0]], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _resident(environment: dict[str, str]) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"FAXIAOHU_PORT": str(port), "FAXIAOHU_RATE_PER_MINUTE": "100000"}
    process = subprocess.Popen([*FAXIAOHU, "run"], env=environment | settings, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        with httpx.Client(base_url=address, headers={"Origin": address}) as client:
            for _ in range(200):
                for text in QUESTIONS:
                    client.post("/api/chat", json={"text": text}).raise_for_status()
        return _megabytes(process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(address: str) -> None:
    while True:
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
