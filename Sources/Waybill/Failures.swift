// What calls throw beside refusals: a file that cannot be used, a workflow that has findings. Exported, so that a
// program which imports Waybill can name them.

@_exported public import struct WaybillStore.StoreFailure
@_exported public import struct WorkflowFile.WorkflowFileError
@_exported public import struct WorkflowFile.WorkflowFinding
