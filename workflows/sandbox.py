"""How the worker and the replay tests run workflow code."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions


def runner() -> SandboxedWorkflowRunner:
    """The sandbox, on: it refuses clocks, files and sockets in workflow code.

    Modules pass through it: importing them anew for every agent would cost a megabyte and 50 ms each.
    """
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_all_modules())
