/// Every code of a problem, each with its status and title. The words are those of the refusals.
package enum ProblemCode: String, Sendable, CaseIterable {
    // The request itself.
    case badRequest = "bad_request"
    case badJSON = "bad_json"
    case badParameter = "bad_parameter"
    case badCursor = "bad_cursor"
    case notIndexed = "not_indexed"
    case keyMissing = "key_missing"
    case badKey = "bad_key"
    case roleMissing = "role_missing"
    case unauthenticated
    case forbidden
    case wrongRole = "wrong_role"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case tooLarge = "too_large"
    case targetTooLong = "target_too_long"
    case unsupportedMediaType = "unsupported_media_type"
    case wrongHost = "wrong_host"
    case headersTooLarge = "headers_too_large"
    // What it is about is not there.
    case unknownOrder = "unknown_order"
    case unknownCommand = "unknown_command"
    case unknownWorkflow = "unknown_workflow"
    case unknownTopic = "unknown_topic"
    case unknownGroup = "unknown_group"
    case unknownMessage = "unknown_message"
    case unknownTimeout = "unknown_timeout"
    case unknownStock = "unknown_stock"
    case unknownToken = "unknown_token"
    case unknownOperation = "unknown_operation"
    case unknownLane = "unknown_lane"
    // What it asks for is not possible now.
    case orderExists = "order_exists"
    case notPossible = "not_possible"
    case insufficientStock = "insufficient_stock"
    case beyondHolding = "beyond_holding"
    case stockConflict = "stock_conflict"
    case invariantBroken = "invariant_broken"
    case arithmetic
    case rejectedByCaller = "rejected_by_caller"
    case relativeRefused = "relative_refused"
    case topicExists = "topic_exists"
    case topicAwaited = "topic_awaited"
    case topicInUse = "topic_in_use"
    case groupExists = "group_exists"
    case alreadyVisible = "already_visible"
    case decidedAlready = "decided_already"
    case notParked = "not_parked"
    case decidedByAnswer = "decided_by_answer"
    case timeoutFired = "timeout_fired"
    case noOpenCall = "no_open_call"
    case callEnded = "call_ended"
    case callNotAnswered = "call_not_answered"
    case staleReceipt = "stale_receipt"
    case notForThisGroup = "not_for_this_group"
    case fenced
    case versionConflict = "version_conflict"
    // What it says does not fit.
    case badData = "bad_data"
    case keyReused = "key_reused"
    case limit
    case badName = "bad_name"
    case badSetting = "bad_setting"
    case badFilter = "bad_filter"
    case wrongType = "wrong_type"
    case workflowFindings = "workflow_findings"
    case badTopic = "bad_topic"
    case badGroup = "bad_group"
    case badProducer = "bad_producer"
    case badMessageID = "bad_message_id"
    case badTag = "bad_tag"
    case badMessageKey = "bad_message_key"
    case badMessageGroup = "bad_message_group"
    case badProperty = "bad_property"
    case badProperties = "bad_properties"
    case badBody = "bad_body"
    case badPriority = "bad_priority"
    case badLane = "bad_lane"
    case badTrace = "bad_trace_context"
    case badDeliveryTime = "bad_delivery_time"
    case badFirstCheck = "bad_first_check_back"
    case badBatch = "bad_batch"
    // The server cannot now.
    case crowded
    case busy
    case rate
    case defect
    case overloaded
    case readTooLong = "read_too_long"
    case undone
    case failStopped = "fail_stopped"
    case outcomeUnknown = "outcome_unknown"
    case shuttingDown = "shutting_down"
    case diskNearlyFull = "disk_nearly_full"
}

extension ProblemCode {
    /// The status of HTTP.
    package var status: Int { row.status }

    /// A few words for people.
    package var title: String { row.title }

    /// The one table of statuses and titles: a code without a row does not compile.
    private var row: (status: Int, title: String) {
        switch self {
        case .badRequest: (400, "Not a request")
        case .badJSON: (400, "Not the JSON that is taken here")
        case .badParameter: (400, "A parameter is wrong")
        case .badCursor: (400, "This cursor is of another list")
        case .notIndexed: (400, "No index serves this filter")
        case .keyMissing: (400, "Idempotency-Key is missing")
        case .badKey: (400, "Idempotency-Key is wrong")
        case .roleMissing: (400, "Waybill-Role is missing")
        case .unauthenticated: (401, "No valid token")
        case .forbidden: (403, "The token does not allow this")
        case .wrongRole: (403, "Another role is needed")
        case .notFound: (404, "There is nothing here")
        case .methodNotAllowed: (405, "This method is not taken here")
        case .requestTimeout: (408, "The request took too long")
        case .tooLarge: (413, "The body is too large")
        case .targetTooLong: (414, "The path is too long")
        case .unsupportedMediaType: (415, "This type of body is not taken")
        case .wrongHost: (421, "Not a host of this server")
        case .headersTooLarge: (431, "The header fields are too large")
        case .unknownOrder: (404, "No such order")
        case .unknownCommand: (404, "No such command")
        case .unknownWorkflow: (404, "No such workflow")
        case .unknownTopic: (404, "No such topic")
        case .unknownGroup: (404, "No such group")
        case .unknownMessage: (404, "No such message")
        case .unknownTimeout: (404, "No such timeout")
        case .unknownStock: (404, "No such stock")
        case .unknownToken: (404, "No such token")
        case .unknownOperation: (404, "No such operation")
        case .unknownLane: (404, "No such lane")
        case .orderExists: (409, "The order exists already")
        case .notPossible: (409, "Not possible in this state")
        case .insufficientStock: (409, "Not enough stock")
        case .beyondHolding: (409, "More than the order holds")
        case .stockConflict: (409, "The stock is not as expected")
        case .invariantBroken: (409, "It would break a rule of the workflow")
        case .arithmetic: (409, "A number does not fit")
        case .rejectedByCaller: (409, "The caller's own rows failed")
        case .relativeRefused: (409, "A parent or child refuses it")
        case .topicExists: (409, "The topic exists already")
        case .topicAwaited: (409, "Messages wait to become visible in the topic")
        case .topicInUse: (409, "Workflows or modules use the topic")
        case .groupExists: (409, "The group exists already")
        case .alreadyVisible: (409, "The message is visible already")
        case .decidedAlready: (409, "The half message was decided before")
        case .notParked: (409, "The half message is not parked")
        case .decidedByAnswer: (409, "Only the answer to a call decides this message")
        case .timeoutFired: (409, "The timeout has fired")
        case .noOpenCall: (409, "No open call has this key")
        case .callEnded: (409, "The call has ended")
        case .callNotAnswered: (409, "A call is not answered yet")
        case .staleReceipt: (409, "The delivery is over")
        case .notForThisGroup: (409, "Not for this kind of group")
        case .fenced: (409, "The message of this command was rolled back")
        case .versionConflict: (412, "The order has moved on")
        case .badData: (422, "The data does not fit")
        case .keyReused: (422, "The key was used for another request")
        case .limit: (422, "A limit is reached")
        case .badName: (422, "Not a name")
        case .badSetting: (422, "A setting is out of range")
        case .badFilter: (422, "The filter cannot be read")
        case .wrongType: (422, "The topic takes other messages")
        case .workflowFindings: (422, "The workflow has findings")
        case .badTopic: (422, "The topic is wrong")
        case .badGroup: (422, "The group is wrong")
        case .badProducer: (422, "The producer is wrong")
        case .badMessageID: (422, "The message id is wrong")
        case .badTag: (422, "The tag is wrong")
        case .badMessageKey: (422, "A key of the message is wrong")
        case .badMessageGroup: (422, "The message group is wrong")
        case .badProperty: (422, "A property is wrong")
        case .badProperties: (422, "The properties are too large")
        case .badBody: (422, "The body of the message is wrong")
        case .badPriority: (422, "The priority is wrong")
        case .badLane: (422, "The lane is wrong")
        case .badTrace: (422, "The trace context is wrong")
        case .badDeliveryTime: (422, "The delivery time is wrong")
        case .badFirstCheck: (422, "The first check-back is wrong")
        case .badBatch: (422, "The batch is wrong")
        case .crowded: (429, "Too many of your requests wait")
        case .busy: (409, "As many operations run as may")
        case .rate: (429, "Too many requests")
        case .defect: (500, "A defect of the server")
        case .overloaded: (503, "Too many requests wait")
        case .readTooLong: (503, "The read took too long")
        case .undone: (503, "The write was undone")
        case .failStopped: (503, "The server has stopped after a failed write")
        case .outcomeUnknown: (503, "Whether it was done is not known")
        case .shuttingDown: (503, "The server stops")
        case .diskNearlyFull: (507, "The disk is nearly full")
        }
    }
}
