"""The conversations in which the worker is killed."""

import signal

from domain.phrases import phrase
from local.fake_graph import Plan
from tests.kill.trial import Trial

ANSWER = ["Claro que sí, cuéntame un poco más de tus cursos.", "¿Cuántas personas te escriben cada semana?"]
LATER_ANSWER = ["Es un buen comienzo, trabajemos con eso."]
LONG = "Te cuento con calma cómo trabajamos. " * 9


def burst(trial: Trial) -> list[str]:
    """Three messages; one is of this customer alone, for the model's answers are found by the words of the question."""
    return ["Hola, buenas tardes", f"Vendo cursos en {trial.stage.company} y no cierro", "¿Me puedes ayudar?"]


async def plain(trial: Trial) -> None:
    """A burst that waits when the worker starts, an answer of two bubbles; then one message more and its answer."""
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.answered()
        await _one_more(trial)


async def growing(trial: Trial) -> None:
    """The customer goes on writing while the worker is dead: still one answer, to all of it."""
    await trial.says(*burst(trial))
    async with trial.working():
        await trial.killed()
        await trial.says("Es urgente", answer=ANSWER)
        await trial.answered()
        await _one_more(trial)


async def meanwhile(trial: Trial) -> None:
    """The answer is out and the worker dead when the customer writes again."""
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.killed()
        await _one_more(trial)


async def typing(trial: Trial) -> None:
    """Killed while the timer of the first bubble's typing runs."""
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.until(lambda: trial.has_timer("typing"), "the agent types")
        trial.kill()
        await trial.answered()
        await _one_more(trial)


async def overtaken(trial: Trial) -> None:
    """Killed while typing, and another message before the worker is back: it supersedes what was being typed."""
    await trial.says(*burst(trial))
    trial.drafts(LONG)
    async with trial.working():
        await trial.until(lambda: trial.has_timer("typing"), "the agent types")
        trial.kill()
        await trial.says("Es urgente", answer=ANSWER)
        await trial.answered()
        await _one_more(trial)


async def idle(trial: Trial) -> None:
    """Killed while nothing is going on."""
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.answered()
        trial.kill()
        await _one_more(trial)


async def five(trial: Trial) -> None:
    """Five messages while there is no worker: one answer that names them all."""
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.answered()
        trial.kill()
    texts = ["ECHO: uno", "ECHO: dos", "ECHO: tres", "ECHO: cuatro", "ECHO: cinco"]
    await trial.says(*texts, answer=[" | ".join(texts)])
    async with trial.working():
        await trial.answered()


async def stop(trial: Trial) -> None:
    """The very first word is STOP: confirmed once, and whoever writes again is answered all the same."""
    await trial.says("STOP", answer=[phrase("opted_out", "es")])
    async with trial.working():
        await trial.answered()
        await _one_more(trial)


async def late_status(trial: Trial) -> None:
    """WhatsApp's word on a bubble comes only when the agent already waits for it."""
    trial.stage.line.refuses_statuses = True
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.killed()
        await trial.until(lambda: trial.has_timer("confirm"), "the agent waits for WhatsApp to confirm")
        trial.stage.line.refuses_statuses = False
        await trial.answered()
        await _one_more(trial)


async def graceful(trial: Trial) -> None:
    """SIGTERM while WhatsApp takes its time with the first bubble: the worker lets it finish."""
    trial.graph.script(Plan(to=trial.stage.phone, seconds=2))
    await trial.says(*burst(trial), answer=ANSWER)
    async with trial.working():
        await trial.until(lambda: bool(trial.log("accepted")), "the first bubble is with WhatsApp")
        trial.kill(signal.SIGTERM)
        await trial.answered()
        await _one_more(trial)


async def _one_more(trial: Trial) -> None:
    """Shows that the agent lives."""
    await trial.says(f"Unas veinte en {trial.stage.company}, ¿es poco?", answer=LATER_ANSWER)
    await trial.answered()
