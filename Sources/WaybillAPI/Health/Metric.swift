/// Every number that `/metrics` can show: the list that the page of alerts is checked against.
package enum Metric: String, CaseIterable, Sendable {
    case buildInfo = "waybill_build_info"
    case httpRequests = "waybill_http_requests_total"
    case httpDuration = "waybill_http_request_duration_seconds"
    case httpConnections = "waybill_http_connections"
    case httpRejected = "waybill_http_rejected_total"
    case httpStreams = "waybill_http_streams"
    case httpProblems = "waybill_http_problems_total"
    case commands = "waybill_commands_total"
    case refusals = "waybill_refusals_total"
    case commitDuration = "waybill_commit_duration_seconds"
    case writeRequests = "waybill_write_requests"
    case intakeWaiting = "waybill_intake_waiting"
    case intakeOldest = "waybill_intake_oldest_seconds"
    case intakeLimit = "waybill_intake_limit"
    case orders = "waybill_orders"
    case censusBehind = "waybill_census_behind_events"
    case timeoutLateness = "waybill_timeout_lateness_seconds"
    case timeoutsPending = "waybill_timeouts_pending"
    case timeoutsOverdue = "waybill_timeouts_overdue"
    case timeoutsParked = "waybill_timeouts_parked"
    case timeoutsHeld = "waybill_timeouts_held"
    case clockHeld = "waybill_clock_held"
    case messagesSent = "waybill_messages_sent_total"
    case messagesDelivered = "waybill_messages_delivered_total"
    case messagesAcknowledged = "waybill_messages_acknowledged_total"
    case messagesFailed = "waybill_messages_failed_total"
    case lagMessages = "waybill_group_lag_messages"
    case lagSeconds = "waybill_group_lag_seconds"
    case inFlight = "waybill_group_in_flight"
    case gap = "waybill_group_gap"
    case heldBack = "waybill_group_held_back"
    case deliveryDuration = "waybill_delivery_duration_seconds"
    case deadLetters = "waybill_dead_letters"
    case halfMessages = "waybill_half_messages"
    case halfMessageOldest = "waybill_half_message_oldest_seconds"
    case checksSent = "waybill_checks_sent_total"
    case operations = "waybill_operations"
    case walBytes = "waybill_wal_bytes"
    case fileBytes = "waybill_file_bytes"
    case diskFree = "waybill_disk_free_ratio"
    case checkpointDuration = "waybill_checkpoint_duration_seconds"
    case checkpointFailures = "waybill_checkpoint_failures_total"
    case loopFailures = "waybill_loop_failures_total"
    case stopped = "waybill_stopped"
    case moduleLag = "waybill_module_lag_messages"
    case moduleFailures = "waybill_module_failures_total"
    case auditEvents = "waybill_audit_events_total"
    case rocketMQRequests = "waybill_rocketmq_requests_total"
    case rocketMQDuration = "waybill_rocketmq_request_duration_seconds"
    case rocketMQStreams = "waybill_rocketmq_streams"
    case rocketMQClients = "waybill_rocketmq_clients"
    case rocketMQGivenBack = "waybill_rocketmq_given_back_total"
    case certificateExpiry = "waybill_certificate_expiry_seconds"
    case residentMemory = "process_resident_memory_bytes"
    case cpuSeconds = "process_cpu_seconds_total"
    case openFiles = "process_open_fds"
    case openFilesMax = "process_max_fds"

    package enum Kind: String, Sendable {
        case gauge, counter, histogram
    }

    package var kind: Kind { row.kind }
    /// What it says, in one sentence.
    package var help: String { row.help }

    /// The one table: a number without a row does not compile.
    private var row: (kind: Kind, help: String) {
        switch self {
        case .buildInfo: (.gauge, "Which program serves, with which SQLite; durable: a commit waits for the disk.")
        case .httpRequests: (.counter, "Requests that were answered, by operation and class of status.")
        case .httpDuration: (.histogram, "How long answers took from the request on, without the time of its body.")
        case .httpConnections: (.gauge, "Connections over TCP that are open.")
        case .httpRejected: (.counter, "Connections that were refused, by the limit that was met.")
        case .httpStreams: (.gauge, "Streams that are open.")
        case .httpProblems: (.counter, "Problems that callers over HTTP were told, by code.")
        case .commands: (.counter, "Commands to orders that came to a write, by what became of them.")
        case .refusals: (.counter, "Requests that were refused, by code: at the door or by the writer.")
        case .commitDuration: (.histogram, "How long writes took, their commits included.")
        case .writeRequests: (.histogram, "How many requests shared a write.")
        case .intakeWaiting: (.gauge, "Requests that wait for the writer.")
        case .intakeOldest: (.gauge, "How long the oldest of them has waited.")
        case .intakeLimit: (.gauge, "How many may wait.")
        case .orders: (.gauge, "Orders of a workflow in a status.")
        case .censusBehind:
            (.gauge, "Events that the numbers of orders do not hold yet, in a file of an older release.")
        case .timeoutLateness: (.histogram, "How late timeouts fired.")
        case .timeoutsPending:
            (.gauge, "Timeouts that have not fired; at least as many while a file just opened is counted.")
        case .timeoutsOverdue:
            (.gauge, "Timeouts that are overdue by that long or longer, counted to \(Numbers.countMax).")
        case .timeoutsParked:
            (
                .gauge,
                "Timeouts that could not be handled and are not tried again by themselves, counted to "
                    + "\(Numbers.countMax)."
            )
        case .timeoutsHeld: (.gauge, "Whether an operator or an opening holds timeouts of orders.")
        case .clockHeld: (.gauge, "Whether timeouts wait for the clock.")
        case .messagesSent: (.counter, "Messages that became visible since their topic was made.")
        case .messagesDelivered: (.counter, "Deliveries to consumers of a group.")
        case .messagesAcknowledged: (.counter, "Deliveries that a group has acknowledged.")
        case .messagesFailed: (.counter, "Deliveries that failed, or that ended without an answer.")
        case .lagMessages: (.gauge, "Messages that a group is owed.")
        case .lagSeconds: (.gauge, "The age of the oldest message that a group is owed.")
        case .inFlight: (.gauge, "Messages that a consumer of the group has.")
        case .gap: (.gauge, "Whether retention took messages that the group was owed.")
        case .heldBack: (.gauge, "Whether the group takes no new messages now.")
        case .deliveryDuration: (.histogram, "How long messages had been visible when a group acknowledged them.")
        case .deadLetters: (.gauge, "Messages that a group has given up.")
        case .halfMessages: (.gauge, "Half messages without a decision, counted to \(Numbers.countMax).")
        case .halfMessageOldest: (.gauge, "The age of the oldest of them.")
        case .checksSent:
            (
                .counter,
                "Questions about half messages that were given to producers' clients, also those that came back unseen."
            )
        case .operations: (.gauge, "Operations, of the newest \(Numbers.countMax).")
        case .walBytes: (.gauge, "The log that is not back in the file yet.")
        case .fileBytes: (.gauge, "The file without its log.")
        case .diskFree: (.gauge, "How much of the disk is free.")
        case .checkpointDuration: (.histogram, "How long it took to bring the log back into the file.")
        case .checkpointFailures: (.counter, "How often that failed.")
        case .loopFailures: (.counter, "What a loop could not do.")
        case .stopped: (.gauge, "Whether a commit has failed and nothing is accepted any more.")
        case .moduleLag: (.gauge, "Messages that a module has not handled, counted to 10000 for each topic.")
        case .moduleFailures: (.counter, "What a module could not do.")
        case .auditEvents: (.counter, "Acts of operators and of the engine that were noted in the audit, by type.")
        case .rocketMQRequests:
            (.counter, "Calls of RocketMQ clients that were answered, by procedure and class of code.")
        case .rocketMQDuration: (.histogram, "How long these answers took; those of receives until a message came.")
        case .rocketMQStreams:
            (.gauge, "Receives of RocketMQ clients that wait, and streams in which clients are told commands.")
        case .rocketMQClients: (.gauge, "RocketMQ clients that are there, by language.")
        case .rocketMQGivenBack:
            (.counter, "Messages that were taken for RocketMQ clients who never got them, and that others get.")
        case .certificateExpiry: (.gauge, "How long the certificate is valid; below 0: it has expired.")
        case .residentMemory: (.gauge, "Memory of the process.")
        case .cpuSeconds: (.counter, "Time that the process has computed.")
        case .openFiles: (.gauge, "Open files and connections.")
        case .openFilesMax: (.gauge, "How many may be open.")
        }
    }
}
