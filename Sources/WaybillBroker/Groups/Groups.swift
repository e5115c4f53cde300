package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// Making, changing and deleting consumer groups.
extension Broker {
    package static let groupNameBytesMax = 120

    /// The group of this name; made by these rules if there is none. An existing one keeps its own.
    func keepGroup(_ name: GroupName, _ rules: GroupSettings, in write: borrowing Write) throws -> BrokerReply {
        if let refusal = Self.refusal(of: name) ?? rules.refusal { return .refused(refusal) }
        let row = try write.transaction.keepGroup(GroupRow(name: name, rules: rules, createdAt: write.now))
        pending.groups[row.number] = row
        return .group(row.view)
    }

    func updateGroup(_ name: GroupName, _ rules: GroupSettings, in write: borrowing Write) throws -> BrokerReply {
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = try write.transaction.group(name) else { return .refused(.unknownGroup(name)) }
        guard row.isFIFO == rules.isFIFO, row.isBroadcast == rules.isBroadcast else {
            return .refused(
                .notForThisGroup(name, problem: "fifo and broadcast are for life; delete it and make another"))
        }
        row.take(rules)
        try write.transaction.updateGroup(row)
        pending.groups[row.number] = row
        return .group(row.view)
    }

    func deleteGroup(_ name: GroupName, in write: borrowing Write) throws -> BrokerReply {
        guard let row = try write.transaction.group(name) else { return .refused(.unknownGroup(name)) }
        try write.transaction.deleteGroup(row.number, at: write.now)
        try write.transaction.removeSetting(.idleSince(row.number))
        pending.groups[row.number] = .some(nil)
        return .done
    }

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
    init(name: GroupName, rules: GroupSettings, createdAt: Moment) {
        self.init(
            name: name, isFIFO: rules.isFIFO, isBroadcast: rules.isBroadcast, attemptsMax: rules.attemptsMax,
            ladder: rules.ladder, invisible: rules.invisible, createdAt: createdAt)
    }

    mutating func take(_ rules: GroupSettings) {
        attemptsMax = rules.attemptsMax
        ladder = rules.ladder
        invisible = rules.invisible
    }

    package var view: GroupView {
        GroupView(
            name: name,
            settings: GroupSettings(
                isFIFO: isFIFO, isBroadcast: isBroadcast, attemptsMax: attemptsMax, ladder: ladder,
                invisible: invisible), createdAt: createdAt, lastUsedAt: lastUsedAt)
    }
}
