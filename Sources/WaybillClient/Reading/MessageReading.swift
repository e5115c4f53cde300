import Foundation
package import WaybillCore

extension Members {
    package func topic() throws(ClientFailure) -> TopicView {
        TopicView(
            name: TopicName(try text("name")),
            settings: TopicSettings(
                type: try word("type"), queues: Int(try int("queues")), bytesMax: try int("bytes_max"),
                retention: try interval("retention")), createdAt: try time("created_at"))
    }

    package func group() throws(ClientFailure) -> GroupView {
        var ladder: [Interval] = []
        for step in try texts("ladder") {
            guard let wait = Interval(text: step) else {
                throw ClientFailure(.unreadable, "the answer has no readable ladder")
            }
            ladder.append(wait)
        }
        let start = try textIfAny("starts_at").flatMap { GroupStart(rawValue: $0.string) } ?? .oldest
        let settings = GroupSettings(
            isFIFO: try bool("fifo"), isBroadcast: try bool("broadcast"), attemptsMax: try int("max_attempts"),
            ladder: ladder, invisible: try interval("invisible"), startsAt: start)
        var group = GroupView(
            name: GroupName(try text("name")), settings: settings, createdAt: try time("created_at"),
            createdBy: try textIfAny("created_by") ?? "", lastUsedAt: try time("last_used_at"))
        group.isIdle = try bool("idle")
        return group
    }

    package func lag() throws(ClientFailure) -> GroupLag {
        var lag = GroupLag(group: GroupName(try text("group")), topic: TopicName(try text("topic")))
        lag.waiting = try int("waiting")
        lag.inFlight = try int("in_flight")
        lag.due = try int("due")
        lag.ready = try int("ready")
        lag.behind = try int("behind")
        lag.dead = try int("dead")
        lag.finished = try int("finished")
        lag.oldest = try intIfAny("oldest_ms").map { Interval(milliseconds: $0) }
        lag.heldBack = try textIfAny("held_back")?.string
        return lag
    }

    package func groupClient() throws(ClientFailure) -> GroupClient {
        var client = GroupClient(
            name: try text("client"), lane: try text("lane"), holds: try int("holds"), heardAt: try time("heard_at"),
            isAlive: try bool("alive"))
        if let language = try textIfAny("language") {
            client.library = GroupClient.Library(
                language: language, version: try textIfAny("version") ?? "", address: try textIfAny("address") ?? "")
        }
        return client
    }

    package func lookBack() throws(ClientFailure) -> LookBackReport {
        var queues: [LookBackReport.Queue] = []
        for queue in try objects("queues") {
            var read = LookBackReport.Queue(
                lane: try queue.text("lane"), priority: Int(try queue.int("priority")),
                again: try queue.int("again"), passedOver: try queue.int("passed_over"),
                recalled: try queue.int("recalled"))
            read.passedOverFrom = try queue.timeIfAny("passed_over_from")
            read.passedOverTo = try queue.timeIfAny("passed_over_to")
            queues.append(read)
        }
        return LookBackReport(
            group: GroupName(try text("group")), topic: TopicName(try text("topic")), isPreview: try bool("preview"),
            effects: try word("effects"), queues: queues)
    }

    package func deadLetter() throws(ClientFailure) -> DeadLetter {
        DeadLetter(
            id: MessageID(try text("id")), topic: TopicName(try text("topic")), reason: try text("why"),
            diedAt: try time("died_at"), state: try word("state"))
    }

    package func lane() throws(ClientFailure) -> LaneView {
        LaneView(
            name: try text("name"), topics: try texts("topics").map { TopicName($0) }, isClosed: try bool("closed"),
            servedIn: try texts("served_in").map { GroupName($0) })
    }

    package func laneReport() throws(ClientFailure) -> LaneReport {
        var shares: [LaneReport.Share] = []
        for share in try objects("shares") {
            shares.append(
                LaneReport.Share(
                    group: GroupName(try share.text("group")), topic: TopicName(try share.text("topic")),
                    priority: Int(try share.int("priority")), sent: try share.int("sent"),
                    finished: try share.int("finished"), inFlight: try share.int("in_flight"),
                    owed: try share.int("owed"), waiting: try share.int("waiting")))
        }
        return LaneReport(lane: try text("lane"), end: try word("end"), shares: shares)
    }

    package func halfMessage() throws(ClientFailure) -> HalfMessageView {
        HalfMessageView(
            id: MessageID(try text("id")), topic: TopicName(try text("topic")), producer: try text("producer"),
            transaction: try text("transaction"), preparedAt: try time("prepared_at"), checks: try int("checks"),
            nextCheckAt: try timeIfAny("next_check_at"))
    }

    package func delayedMessage() throws(ClientFailure) -> DelayedMessageView {
        DelayedMessageView(
            id: MessageID(try text("id")), topic: TopicName(try text("topic")), lane: try text("lane"),
            priority: Int(clamping: try int("priority")), tag: try textIfAny("tag"), bornAt: try time("born_at"),
            due: try time("deliver_at"), recallHandle: try text("recall"))
    }

    package func decided() throws(ClientFailure) -> DecidedMessage {
        DecidedMessage(
            id: MessageID(try text("id")), resolution: try word("resolution"), at: try timeIfAny("decided_at"))
    }

    /// A message with its body.
    package func message() throws(ClientFailure) -> MessageView {
        MessageView(
            id: MessageID(try text("id")), topic: TopicName(try text("topic")), lane: try text("lane"),
            priority: Int(try int("priority")), body: try body(), tag: try textIfAny("tag"), keys: try texts("keys"),
            properties: try textsByName("properties"), messageGroup: try textIfAny("message_group"),
            bornAt: try time("born_at"), storedAt: try time("stored_at"), event: try position("event"),
            order: try textIfAny("order").map { OrderID($0) }, place: MessageOrigin(queue: 0, offset: 0))
    }

    /// A message on its way to a consumer, with its receipt.
    package func delivery() throws(ClientFailure) -> Delivery {
        let event = try position("event")
        let envelope = try object("message")
        let place = MessagePosition(try text("position")).origin
        return Delivery(
            id: MessageID(try text("id")), topic: TopicName(try text("topic")), lane: try text("lane"),
            body: try deliveredBody(), tag: try textIfAny("tag"), keys: try texts("keys"),
            properties: try textsByName("properties"), messageGroup: try textIfAny("message_group"),
            priority: Int(try int("priority")), bornAt: try time("born_at"), storedAt: try time("stored_at"),
            attempt: try int("attempt"), isReplayed: try bool("replayed"),
            receipt: DeliveryReceipt(try text("receipt")), invisibleUntil: try time("invisible_until"), event: event,
            order: try textIfAny("order").map { OrderID($0) },
            place: place ?? MessageOrigin(queue: 0, offset: 0), trace: try envelope?.textIfAny("traceparent"))
    }

    /// The body of a delivery: what an order sends is a CloudEvent already, other messages come in one.
    private func deliveredBody() throws(ClientFailure) -> [UInt8] {
        if json("event") != nil { return try needed(whole("message"), "message") }
        return try needed(object("message"), "message").body()
    }

    /// Whether the body is there: who may look is not always who may read it.
    package var showsBody: Bool { whole("data") != nil || whole("data_base64") != nil }

    /// The body of a message: JSON as it is, other bytes in base64; empty when it is not there.
    package func body() throws(ClientFailure) -> [UInt8] {
        if let json = whole("data") { return json }
        guard let base64 = try textIfAny("data_base64") else { return [] }
        guard let data = Data(base64Encoded: base64.string) else {
            throw ClientFailure(.unreadable, "the answer has no readable data_base64")
        }
        return Array(data)
    }
}
