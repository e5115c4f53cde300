import ArgumentParser
import Foundation
import Waybill
import WaybillCore

/// `waybill load-messages`: producers, consumers and a module that never rest, for tests that kill the process. Each
/// line is something that was answered:
///
///     sent ID                    durable, by the producer's word
///     got GROUP KEY ID           begun by a consumer, before it does anything
///     done GROUP ID              the acknowledgement was accepted
struct MessageLoadNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load-messages", abstract: "Send, receive and acknowledge until killed; prints what was answered.",
        shouldDisplay: false)

    private static let topic: TopicName = "parcels"
    private static let groups: [GroupName] = ["ordinary", "ordered"]
    private static let module: GroupName = "effects"

    @Option(help: "The database file; it is made if it is not there.")
    var db: String
    @Option(help: "Begins the ids of this run's messages.")
    var seed: Int
    @Flag(help: "Send nothing; end when everything is consumed.")
    var drain = false

    func run() async throws {
        let book = try OrderBook.open(db)
        if try await book.messages.topic(Self.topic) == nil {
            try await book.messages.createTopic(Self.topic, TopicSettings(type: .mixed))
        }
        for group in Self.groups {
            try await book.messages.createGroup(
                group,
                GroupSettings(
                    isFIFO: group == "ordered", attemptsMax: 1_000, ladder: [Interval(milliseconds: 1)],
                    invisible: .seconds(10)))
        }
        try await book.install(effects, from: .beginning)
        try await withThrowingTaskGroup { tasks in
            if !drain {
                for producer in 0..<4 { tasks.addTask { try await send(as: producer, in: book) } }
            }
            for group in Self.groups {
                for client in 0..<3 { tasks.addTask { try await consume(group, as: client, in: book) } }
            }
            try await tasks.waitForAll()
        }
        // The module works by itself; what it has not done yet shows in its lag.
        while try await book.messages.lag(of: Self.module).contains(where: { $0.messages > 0 }) { await Task.yield() }
        await book.close()
        Output.standard.line("drained")
    }

    /// Notes every message that it handles, in the write that acknowledges it.
    private var effects: HandlerModule {
        HandlerModule(
            Self.module, [Subscription(Self.topic)], settings: GroupSettings(attemptsMax: 1_000),
            migrate: { tables in
                try tables.execute("CREATE TABLE IF NOT EXISTS load_effect (id TEXT NOT NULL) STRICT")
            },
            handle: { delivery, tables, _ in
                let id = String(decoding: delivery.body, as: UTF8.self)
                try tables.execute("INSERT INTO load_effect VALUES (?)", [.text(id)])
            })
    }

    private func send(as producer: Int, in book: OrderBook) async throws {
        for count in 0... {
            let id = "\(seed)-\(producer)-\(count)"
            try await book.messages.send(
                NewMessage(
                    to: Self.topic, body: Array(id.utf8), messageGroup: Text("\(producer)-\(count % 3)")))
            say("sent \(id)")
        }
    }

    /// Every tenth message fails once in a while, and comes again.
    private func consume(_ group: GroupName, as client: Int, in book: OrderBook) async throws {
        let receiving = Messages.ReceiveOptions(client: Text("\(group)-\(client)"), max: 8, wait: .seconds(1))
        var emptyCount = 0
        // While it drains: after a crash a message group may wait for as long as a delivery is invisible.
        while !drain || emptyCount < 12 {
            let batch = try await book.messages.receive(group, Subscription(Self.topic), receiving)
            emptyCount = batch.isEmpty ? emptyCount + 1 : 0
            // A run of a message group is worked through in order: none of it is begun before the one in front is done.
            for (index, delivery) in batch.enumerated() {
                let id = String(decoding: delivery.body, as: UTF8.self)
                say("got \(group) \(delivery.messageGroup ?? "-") \(id)")
                if !drain, index == 7, delivery.attempt == 1 {
                    try await book.messages.fail(delivery)
                } else {
                    try await book.messages.acknowledge(delivery)
                    say("done \(group) \(id)")
                }
            }
        }
    }

    /// One line, at once: what was not said was not answered.
    private func say(_ line: String) {
        Output.standard.line(line)
        Output.standard.flush()
    }
}
