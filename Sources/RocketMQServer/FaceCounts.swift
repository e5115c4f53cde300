import GRPCServing
import NIOCore
import RocketMQProto
import Synchronization
package import WaybillBroker

/// What the face has answered since its server was started, and what is open: for monitors.
package struct FaceNumbers: Sendable {
    /// Answers of one procedure with codes of one class.
    package struct Answers: Sendable {
        package let rpc: String
        /// The first digit of the code: 2 is fine, 3 says that its parts differ, 4 is the client's, 5 the server's.
        package let codeClass: Int
        package let took: Buckets
    }

    package var answers: [Answers] = []
    /// Receives that wait for a message, and streams in which clients are told commands.
    package var receives = 0
    package var telemetry = 0
    /// Clients that are there, by their languages.
    package var clients: [(language: String, count: Int)] = []
    /// Messages that were taken for clients who never got them.
    package var givenBack: UInt64 = 0
}

/// Counts what the face answers.
final class FaceCounts: Sendable {
    private struct Key: Hashable {
        var rpc: String
        var codeClass: Int
    }

    private struct State {
        var answers: [Key: Buckets] = [:]
        var givenBack: UInt64 = 0
    }

    private let state = Mutex(State())
    let receives = Atomic(0)
    let telemetry = Atomic(0)

    /// Counts one answer, with the time since it was asked for.
    func add(_ rpc: String, _ code: MQCode, since begun: NIODeadline) {
        let took = UInt64(max(0, (NIODeadline.now() - begun).nanoseconds))
        state.withLock {
            $0.answers[Key(rpc: rpc, codeClass: code.rawValue / 10_000), default: .ofAnswers].record(took)
        }
    }

    func addGivenBack(_ count: Int) { state.withLock { $0.givenBack += UInt64(max(0, count)) } }

    /// - Parameter clients: by their languages.
    func numbers(clients: [(language: String, count: Int)]) -> FaceNumbers {
        // A list: of a dictionary that is held here the next record would make a copy, under the lock.
        let (answers, givenBack) = state.withLock { (Array($0.answers), $0.givenBack) }
        var numbers = FaceNumbers()
        numbers.answers = answers.sorted { ($0.key.rpc, $0.key.codeClass) < ($1.key.rpc, $1.key.codeClass) }
            .map { FaceNumbers.Answers(rpc: $0.key.rpc, codeClass: $0.key.codeClass, took: $0.value) }
        numbers.receives = receives.load(ordering: .relaxed)
        numbers.telemetry = telemetry.load(ordering: .relaxed)
        numbers.clients = clients
        numbers.givenBack = givenBack
        return numbers
    }
}

/// The languages that clients are counted by: what they call themselves is free, and a label must not be.
enum ClientLanguage {
    private static let known: Set<String> = [
        "JAVA", "CPP", "DOT_NET", "GOLANG", "RUST", "PYTHON", "PHP", "NODE_JS", "RUBY", "OBJECTIVE_C", "DART", "KOTLIN",
    ]

    static func label(_ language: String) -> String {
        let language = language.uppercased()
        return known.contains(language) ? language : "other"
    }
}
