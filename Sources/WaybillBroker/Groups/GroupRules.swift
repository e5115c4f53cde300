package import WaybillCore
package import WaybillStore

/// The names and rules of consumer groups.
extension Broker {
    package static let groupNameBytesMax = 120

    /// Why a group cannot have this name; nil: it can.
    package static func refusal(of name: GroupName) -> MessageRefusal? {
        let text = name.text
        func bad(_ problem: String) -> MessageRefusal {
            .badName(what: "group", name: text.string, problem: problem)
        }
        if text.isEmpty { return bad("it is empty") }
        if text.byteCount > groupNameBytesMax { return bad("it is longer than \(groupNameBytesMax) bytes") }
        let isPlain = text.string.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "%"),
                UInt8(ascii: "|"):
                true
            default: false
            }
        }
        if !isPlain { return bad("only letters, digits, _ - % | may stand in it") }
        if text.string.hasPrefix("CID_RMQ_SYS_") { return bad("CID_RMQ_SYS_ is reserved") }
        return nil
    }
}

extension GroupSettings {
    /// Why a group cannot have these rules; nil: it can.
    var refusal: MessageRefusal? {
        if !(1...1_000).contains(attemptsMax) {
            return .badSetting("attempts", problem: "\(attemptsMax) is not in 1...1000")
        }
        if ladder.isEmpty || ladder.count > 100 {
            return .badSetting("ladder", problem: "it needs 1 to 100 steps and has \(ladder.count)")
        }
        if let step = ladder.first(where: { $0.milliseconds < 0 || $0 > .days(30) }) {
            return .badSetting("ladder", problem: "a step of \(step.milliseconds) ms is not within 0 and 30 days")
        }
        if invisible.milliseconds <= 0 || invisible > .hours(12) {
            return .badSetting("invisible", problem: "\(invisible.milliseconds) ms is not within 1 ms and 12 hours")
        }
        if isFIFO, isBroadcast {
            return .badSetting("broadcast", problem: "a broadcast group reads in order anyway; leave fifo out")
        }
        return nil
    }
}

extension GroupRow {
    init(name: GroupName, rules: GroupSettings, createdAt: Moment, createdBy: Text = "") {
        self.init(
            name: name, isFIFO: rules.isFIFO, isBroadcast: rules.isBroadcast, attemptsMax: rules.attemptsMax,
            ladder: rules.ladder, invisible: rules.invisible, createdAt: createdAt, startsAt: rules.startsAt,
            createdBy: createdBy.isEmpty ? nil : createdBy)
    }

    mutating func adopt(_ rules: GroupSettings) {
        attemptsMax = rules.attemptsMax
        ladder = rules.ladder
        invisible = rules.invisible
        startsAt = rules.startsAt
    }

    package var view: GroupView {
        GroupView(
            name: name,
            settings: GroupSettings(
                isFIFO: isFIFO, isBroadcast: isBroadcast, attemptsMax: attemptsMax, ladder: ladder,
                invisible: invisible, startsAt: startsAt), createdAt: createdAt, createdBy: createdBy ?? "",
            lastUsedAt: lastUsedAt)
    }
}
