/// When it makes sense to send a refused request again.
package enum Retry: String, Sendable, CaseIterable {
    /// When it has been corrected: as it is, it is refused again.
    case corrected
    /// When what it is about has changed, such as the order or its stock; under a new key, because the refusal may be
    /// kept under the old one.
    case changed
    /// As it is and under the same key: after `Retry-After`, or when the server is back.
    case again
}

extension ProblemCode {
    /// When to send the request again.
    package var retry: Retry {
        switch self {
        case .badRequest, .badJSON, .badParameter, .badCursor, .notIndexed, .keyMissing, .badKey, .roleMissing,
            .unauthenticated, .forbidden, .wrongRole, .notFound, .methodNotAllowed, .tooLarge, .targetTooLong,
            .unsupportedMediaType, .wrongHost, .headersTooLarge, .unknownCommand, .badData, .keyReused, .badName,
            .badSetting, .badFilter, .wrongType, .workflowFindings, .badTopic, .badGroup, .badProducer, .badMessageID,
            .badTag, .badMessageKey, .badMessageGroup, .badProperty, .badProperties, .badBody, .badPriority, .badLane,
            .badTrace, .badDeliveryTime, .badFirstCheck, .badBatch, .arithmetic, .decidedByAnswer, .notForThisGroup:
            .corrected
        case .unknownOrder, .unknownWorkflow, .unknownTopic, .unknownGroup, .unknownMessage, .unknownTimeout,
            .unknownStock, .unknownToken, .unknownOperation, .unknownLane, .orderExists, .notPossible,
            .insufficientStock, .beyondHolding, .stockConflict, .invariantBroken, .rejectedByCaller, .relativeRefused,
            .topicExists, .topicAwaited, .topicInUse, .groupExists, .alreadyVisible, .decidedAlready, .notParked,
            .timeoutFired,
            .noOpenCall, .callEnded, .callNotAnswered, .staleReceipt, .fenced, .versionConflict, .limit:
            .changed
        case .requestTimeout, .crowded, .busy, .rate, .defect, .overloaded, .readTooLong, .undone, .failStopped,
            .outcomeUnknown, .shuttingDown, .diskNearlyFull:
            .again
        }
    }
}
