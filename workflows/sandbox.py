"""How the worker and the replay tests run workflow code."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info, _Definition  # pyright: ignore[reportPrivateUsage] - in WorkflowRunner's own signature


def runner() -> WorkflowRunner:
    """The sandbox, on: it refuses clocks, files and sockets in workflow code.

    Modules pass through it: importing them anew for every agent would cost a megabyte and 50 ms each.
    """
    return _Sandbox(SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_all_modules()))


class _Sandbox(WorkflowRunner):
    """The SDK's sandbox, whose instances say without entering it in which context a payload is converted.

    The SDK asks that for every payload and compiles and runs code in the sandbox for each answer, which took a quarter
    of a worker's time. Here every payload of an agent has the agent's own context: a codec may depend on the
    workflow id, and on nothing finer.
    """

    def __init__(self, inner: WorkflowRunner) -> None:
        self._inner = inner

    def prepare_workflow(self, defn: _Definition) -> None:
        self._inner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        context = WorkflowSerializationContext(namespace=det.info.namespace, workflow_id=det.info.workflow_id)
        return _Instance(self._inner.create_instance(det), context)

    def set_worker_level_failure_exception_types(self, types: "list[type[BaseException]]") -> None:  # type: ignore[override]
        self._inner.set_worker_level_failure_exception_types(types)


class _Instance(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, context: SerializationContext) -> None:
        self._inner = inner
        self._context = context

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._inner.activate(act)

    def get_serialization_context(self, command_info: object) -> SerializationContext:
        return self._context

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()
