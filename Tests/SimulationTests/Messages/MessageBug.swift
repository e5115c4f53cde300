import Fixtures
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// A bug that the simulation must catch: planted on the way to the broker, or in its file.
enum MessageBug: CaseIterable, Sendable {
    /// A message that was taken in is not there.
    case messageLost
    /// Two messages of a message group change places.
    case overtaking
    /// Delayed messages come a minute early.
    case delayedTooEarly
    /// A half message can be seen before it is decided.
    case halfMessageLeaks
    /// A question about a half message counts as two.
    case questionsCountedTwice
    case recallIgnored
    case filterIgnored
    /// A receipt that is over is accepted.
    case staleReceiptTaken
    /// An acknowledgement is accepted and forgotten.
    case acknowledgementLost
    /// A delivery that nobody answers stays away for hours.
    case leaseTooLong
    case replayUnmarked
    /// A dead letter lies there twice.
    case deadTwice
    /// The floor of a group's cursor is beyond a message that is not acknowledged.
    case floorTooHigh
    /// A redelivery forgets how often its message was delivered.
    case attemptsForgotten
    /// A redelivery is not written down.
    case redeliveryLost
    /// What is handed out together comes in the wrong order.
    case batchReversed

    /// What is sent instead of a letter; nil: the letter.
    func replaced(_ letter: Letter, _ subject: MessageSubject) -> [Letter]? {
        switch self {
        case .messageLost:
            if subject.isPlanted || letter.delay != nil || letter.topic == "keyed" { return nil }
            subject.isPlanted = true
            return []
        case .overtaking:
            if let earlier = subject.heldBack {
                guard letter.key == earlier.key, letter.delay == nil else { return nil }
                subject.heldBack = nil
                return [letter, earlier]
            }
            guard letter.key != nil, letter.delay == nil else { return nil }
            subject.heldBack = letter
            return []
        case .delayedTooEarly:
            var early = letter
            early.delay = letter.delay.map { max(1, $0 - 60_000) }
            return [early]
        case .halfMessageLeaks, .questionsCountedTwice, .recallIgnored, .filterIgnored, .staleReceiptTaken,
            .acknowledgementLost, .leaseTooLong, .replayUnmarked, .deadTwice, .floorTooHigh, .attemptsForgotten,
            .redeliveryLost, .batchReversed:
            return nil
        }
    }

    /// Changes the file while nobody has it open.
    func plant(inClosed subject: MessageSubject) throws {
        guard !subject.isPlanted else { return }
        let sql: String
        switch self {
        case .floorTooHigh:
            sql = """
                UPDATE cursor SET floor = floor + 1, ranges = '' WHERE floor < (
                    SELECT max(place % 1099511627776) + 1 FROM message WHERE place / 1099511627776 = queue);
                """
        case .attemptsForgotten: sql = "UPDATE redelivery SET attempt = 0 WHERE state <> 'parked' AND attempt > 0;"
        case .redeliveryLost: sql = "DELETE FROM redelivery WHERE state = 'due';"
        case .messageLost, .overtaking, .delayedTooEarly, .halfMessageLeaks, .questionsCountedTwice, .recallIgnored,
            .filterIgnored, .staleReceiptTaken, .acknowledgementLost, .leaseTooLong, .replayUnmarked, .deadTwice,
            .batchReversed:
            return
        }
        subject.isPlanted = try sqlite(subject.lives.path, sql + " SELECT changes();") != "0"
    }

    /// Changes the open file behind the broker's back.
    func plant(inOpen subject: MessageSubject) throws {
        guard self == .deadTwice, !subject.isPlanted else { return }
        for group in PostOffice.groups {
            for queue in try subject.queues(of: .deadLetters(of: GroupName(group.name))) {
                try subject.engine.store.write { transaction in
                    guard let first = try transaction.messages(in: queue, fromOffset: 0, limit: 1).first else { return }
                    try transaction.append(first.message, to: queue)
                    subject.isPlanted = true
                }
                if subject.isPlanted { return }
            }
        }
    }
}
