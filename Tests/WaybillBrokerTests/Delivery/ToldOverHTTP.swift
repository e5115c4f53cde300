import WaybillBroker
import WaybillClient
import WaybillCore

/// What the answers of a server tell a consumer, read by their documented members only.
extension Members {
    /// A delivery; its message is a CloudEvent.
    func received() throws -> Delivery {
        guard let event = try object("message"), let body = event.json("data") else {
            throw Unexpected("a delivery without a message")
        }
        let born = try event.time("time")
        return Delivery(
            id: MessageID(try event.text("id")), topic: TopicName(try text("topic")), lane: try text("lane"),
            body: body, tag: try textIfAny("tag"), keys: try texts("keys"), properties: try textsByName("properties"),
            messageGroup: try textIfAny("message_group"), priority: Int(try int("priority")), bornAt: born,
            storedAt: born, attempt: try int("attempt"), isReplayed: try bool("replayed"),
            receipt: DeliveryReceipt(try text("receipt")), invisibleUntil: try time("invisible_until"), event: nil,
            order: nil, place: MessageOrigin(queue: 0, offset: 0), trace: nil)
    }

    /// A group's lag as a client reads it; what is owed must be the sum of its parts.
    func toldLag() throws -> GroupLag {
        let lag = try lag()
        guard lag.messages == (try int("owed")) else { throw Unexpected("owed is not the sum of its parts") }
        return lag
    }

    func toldLookBack() throws -> LookBackReport {
        LookBackReport(
            group: GroupName(try text("group")), topic: TopicName(try text("topic")), isPreview: try bool("preview"),
            effects: try word("effects"),
            queues: try objects("queues").map { queue in
                LookBackReport.Queue(
                    lane: try queue.text("lane"), priority: Int(try queue.int("priority")),
                    again: try queue.int("again"), passedOver: try queue.int("passed_over"),
                    recalled: try queue.int("recalled"))
            })
    }

    func toldLaneReport() throws -> LaneReport {
        LaneReport(
            lane: try text("lane"), end: try word("end"),
            shares: try objects("shares").map { share in
                LaneReport.Share(
                    group: GroupName(try share.text("group")), topic: TopicName(try share.text("topic")),
                    priority: Int(try share.int("priority")), sent: try share.int("sent"),
                    finished: try share.int("finished"), inFlight: try share.int("in_flight"),
                    owed: try share.int("owed"), waiting: try share.int("waiting"))
            })
    }
}
