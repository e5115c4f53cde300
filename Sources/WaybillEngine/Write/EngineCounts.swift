import Synchronization
package import WaybillCore

/// What the engine has done since the file was opened, counted for monitors: what a write did counts when it is
/// committed.
package final class EngineCounts: Sendable {
    /// What became of a command to an order.
    package enum CommandResult: String, Hashable, Comparable, CaseIterable, Sendable {
        case accepted, refused
        /// It was done before, under the same key: its caller got the first answer again.
        case repeated

        package static func < (left: CommandResult, right: CommandResult) -> Bool { left.rawValue < right.rawValue }
    }

    /// Commands that are counted together.
    package struct CommandKey: Hashable, Comparable, Sendable {
        /// Empty: the order is not there, or the workflow is not known.
        package var workflow: Text
        /// ``EngineCounts/other`` when the workflow does not know it: callers may send any word.
        package var command: Text
        package var result: CommandResult

        package static func < (left: CommandKey, right: CommandKey) -> Bool {
            (left.workflow, left.command, left.result) < (right.workflow, right.command, right.result)
        }
    }

    /// Where a request was refused.
    package enum Place: String, Hashable, Comparable, CaseIterable, Sendable {
        /// Without a write.
        case door
        case writer

        package static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
    }

    /// Refusals that are counted together.
    package struct RefusalKey: Hashable, Comparable, Sendable {
        package var code: String
        package var place: Place

        package static func < (left: RefusalKey, right: RefusalKey) -> Bool {
            (left.code, left.place) < (right.code, right.place)
        }
    }

    /// The numbers at one moment, as lists: of a dictionary that a reader holds the next count would make a copy, under
    /// the lock.
    package struct Numbers: Sendable {
        package let commands: [(key: CommandKey, value: UInt64)]
        package let refusals: [(key: RefusalKey, value: UInt64)]
        /// Events of the stream of audits, by type.
        package let audits: [(key: EventName, value: UInt64)]
    }

    private struct State {
        var commands: [CommandKey: UInt64] = [:]
        var refusals: [RefusalKey: UInt64] = [:]
        var audits: [EventName: UInt64] = [:]
    }

    /// What stands for words that are not told apart.
    package static let other: Text = "other"
    /// Sorts of commands that are told apart.
    private static let commandsMax = 2_000

    private let state = Mutex(State())
    private let ring = Mutex(RefusalRing())

    package var now: Numbers {
        state.withLock { state in
            Numbers(
                commands: Array(state.commands), refusals: Array(state.refusals), audits: Array(state.audits))
        }
    }

    /// The last refusals of commands, the newest first.
    package var recentRefusals: [SeenRefusal] { ring.withLock { $0.newest } }

    /// A write is committed.
    func add(_ tally: WriteTally) {
        guard !tally.isEmpty else { return }
        state.withLock { state in
            for (key, count) in tally.commands {
                let isRoom = state.commands.count < Self.commandsMax || state.commands[key] != nil
                let known = isRoom ? key : CommandKey(workflow: Self.other, command: Self.other, result: key.result)
                state.commands[known, default: 0] += count
            }
            for type in tally.audits { state.audits[type, default: 0] += 1 }
        }
    }

    /// A request is refused, and its caller is told.
    func add(_ refused: RefusedReply, at place: Place) {
        state.withLock { $0.refusals[RefusalKey(code: refused.code, place: place), default: 0] += 1 }
    }

    /// Keeps which command was refused.
    func keep(_ refusal: SeenRefusal) { ring.withLock { $0.add(refusal) } }
}

/// What a write has done that is counted at its commit.
struct WriteTally {
    /// One entry for equal ones that stand close together: of a thousand requests of a write most are alike, or take
    /// turns.
    private(set) var commands: [(key: EngineCounts.CommandKey, count: UInt64)] = []
    var audits: [EventName] = []
    private static let lookedBackAtMax = 4

    var isEmpty: Bool { commands.isEmpty && audits.isEmpty }

    mutating func add(_ key: EngineCounts.CommandKey) {
        for index in commands.indices.suffix(Self.lookedBackAtMax).reversed() where commands[index].key == key {
            commands[index].count += 1
            return
        }
        commands.append((key, 1))
    }
}
