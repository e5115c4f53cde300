import Foundation
import RocketMQProto
import SwiftProtobuf
import WaybillBroker
import WaybillCore

/// What RocketMQ clients know of their groups and deliveries.
struct RocketMQMemory {
    struct Held {
        let group: GroupName
        let topic: TopicName
        let attempt: Int64
    }

    var rules: [GroupName: GroupSettings] = [:]
    var held: [DeliveryReceipt: Held] = [:]
    /// Clients that have said which lane they read.
    var settled: Set<String> = []
    var messages = 0
}

/// The broker as RocketMQ clients see it: they send, receive and answer over gRPC, and do what official clients do
/// where the protocol leaves a rule to them. Operators ask over HTTP as ever.
extension ServedBroker {
    var rocketMQDriver: DeliveryDriver {
        var driver = driver
        let createGroup = driver.createGroup
        driver.createGroup = { name, settings in
            try await createGroup(name, settings)
            self.withMemory { $0.rules[name] = settings }
        }
        driver.send = { try await self.sendMessage($0) }
        driver.receive = { request in
            do { return .success(try await self.receiveMessages(request)) } catch {
                return .failure(FaceRefusal(of: error))
            }
        }
        driver.acknowledge = { receipt in await self.refusal { try await self.acknowledge(receipt) } }
        driver.fail = { receipt, delay in await self.refusal { try await self.fail(receipt, delay) } }
        driver.extend = { receipt, time in await self.refusal { try await self.change(receipt, time) } }
        driver.deadLetter = { receipt in await self.refusal { try await self.giveUp(receipt) } }
        driver.leave = { group, client in await self.refusal { try await self.leave(group, client) } }
        return driver
    }

    private func refusal(_ body: () async throws -> Void) async -> FaceRefusal? {
        do {
            try await body()
            return nil
        } catch {
            return FaceRefusal(of: error)
        }
    }

    /// A call whose answer is one message.
    private func ask<Answer: SwiftProtobuf.Message>(
        _ name: String, _ question: some SwiftProtobuf.Message & Sendable, _: Answer.Type, as client: String = "others"
    ) async throws -> Answer {
        let answers = try await rocketMQ().others.call(name, question, as: client, Answer.self)
        guard answers.count == 1 else { throw Unexpected("\(answers.count) answers to \(name)") }
        return answers[0]
    }

    private func sendMessage(_ message: NewMessage) async throws -> MessageID {
        var wire = MQMessage()
        wire.topic.name = message.topic.text.string
        wire.body = Data(message.body)
        for (name, value) in message.properties { wire.userProperties[name.string] = value.string }
        if !message.lane.isEmpty { wire.userProperties["lane"] = message.lane.string }
        if let tag = message.tag { wire.systemProperties.tag = tag.string }
        if let group = message.messageGroup { wire.systemProperties.messageGroup = group.string }
        if message.priority > 0 { wire.systemProperties.priority = Int32(message.priority) }
        wire.systemProperties.messageID = withMemory { memory in
            memory.messages += 1
            return "sent-\(memory.messages)"
        }
        var question = MQSendMessageRequest()
        question.messages = [wire]
        let answer = try await ask("SendMessage", question, MQSendMessageResponse.self)
        try answer.status.requireOK()
        guard let entry = answer.entries.first else { throw Unexpected("nothing was sent") }
        return MessageID(entry.messageID)
    }

    private func receiveMessages(_ request: ReceiveRequest) async throws -> [Delivery] {
        let client = request.client.string
        try await settle(client, in: request.group, lane: request.lane)
        var question = MQReceiveMessageRequest()
        question.group.name = request.group.text.string
        question.messageQueue.topic.name = request.subscription.topic.text.string
        question.filterExpression.type = request.subscription.kind == .sql ? .sql : .tag
        question.filterExpression.expression = request.subscription.expression.string
        question.batchSize = Int32(min(request.max, 32))
        question.autoRenew = request.renews
        if let attempt = request.attempt { question.attemptID = attempt.string }
        if let invisible = request.invisible {
            question.invisibleDuration = Google_Protobuf_Duration(
                seconds: invisible.milliseconds / 1_000, nanos: Int32(invisible.milliseconds % 1_000) * 1_000_000)
        }
        // As long as there is anything it does not wait.
        question.longPollingTimeout = Google_Protobuf_Duration()
        let parts = try await rocketMQ().consumers.call(
            "ReceiveMessage", question, as: client, MQReceiveMessageResponse.self)
        guard case .status(let status)? = parts.first?.content, case .deliveryTimestamp? = parts.last?.content else {
            throw Unexpected("a batch is no batch: \(parts)")
        }
        if status.code == .messageNotFound { return [] }
        try status.requireOK()
        let deliveries = try parts.dropFirst().dropLast().map { part in
            guard case .message(let message)? = part.content else { throw Unexpected("\(part)") }
            return Delivery(message)
        }
        withMemory { memory in
            for one in deliveries {
                memory.held[one.receipt] = .init(
                    group: request.group, topic: request.subscription.topic, attempt: one.attempt)
            }
        }
        return deliveries
    }

    /// A client says which lane it reads: once, and the stream in which it does ends again.
    private func settle(_ client: String, in group: GroupName, lane: Text) async throws {
        guard !lane.isEmpty, withMemory({ $0.settled.insert(client).inserted }) else { return }
        var command = MQTelemetryCommand()
        command.settings.clientType = .simpleConsumer
        command.settings.subscription.group.name = group.text.string
        command.settings.clientProperties = ["lane": lane.string]
        let answers = try await rocketMQ().consumers.call("Telemetry", command, as: client, MQTelemetryCommand.self)
        try answers.first?.status.requireOK()
    }

    /// What a receipt was got for. One that was invented is tried for the group that reads.
    private func held(_ receipt: DeliveryReceipt) -> RocketMQMemory.Held {
        withMemory { $0.held[receipt] } ?? .init(group: "points", topic: "orders", attempt: 1)
    }

    private func acknowledge(_ receipt: DeliveryReceipt) async throws {
        let held = held(receipt)
        var question = MQAckMessageRequest()
        question.group.name = held.group.text.string
        question.topic.name = held.topic.text.string
        var entry = MQAckMessageEntry()
        entry.messageID = "m"
        entry.receiptHandle = receipt.text.string
        question.entries = [entry]
        let answer = try await ask("AckMessage", question, MQAckMessageResponse.self)
        guard answer.entries.count == 1, answer.entries[0].status == answer.status else {
            throw Unexpected("\(answer)")
        }
        try answer.status.requireOK()
    }

    /// As official clients do it: a consumer waits as its group's rules say, and gives up after the last attempt.
    private func fail(_ receipt: DeliveryReceipt, _ delay: Interval?) async throws {
        let held = held(receipt)
        let rules = withMemory { $0.rules[held.group] } ?? GroupSettings()
        if held.attempt >= rules.attemptsMax { return try await giveUp(receipt) }
        let steps = rules.ladder
        let step = steps[min(Int(held.attempt), steps.count) - 1]
        try await change(receipt, delay ?? step)
    }

    private func change(_ receipt: DeliveryReceipt, _ time: Interval) async throws {
        let held = held(receipt)
        var question = MQChangeInvisibleDurationRequest()
        question.group.name = held.group.text.string
        question.topic.name = held.topic.text.string
        question.receiptHandle = receipt.text.string
        question.invisibleDuration = Google_Protobuf_Duration(
            seconds: time.milliseconds / 1_000, nanos: Int32(time.milliseconds % 1_000) * 1_000_000)
        let answer = try await ask("ChangeInvisibleDuration", question, MQChangeInvisibleDurationResponse.self)
        guard answer.receiptHandle == question.receiptHandle else { throw Unexpected("another handle came back") }
        try answer.status.requireOK()
    }

    private func giveUp(_ receipt: DeliveryReceipt) async throws {
        let held = held(receipt)
        var question = MQForwardMessageToDeadLetterQueueRequest()
        question.group.name = held.group.text.string
        question.topic.name = held.topic.text.string
        question.receiptHandle = receipt.text.string
        question.deliveryAttempt = Int32(held.attempt)
        try await ask(
            "ForwardMessageToDeadLetterQueue", question, MQForwardMessageToDeadLetterQueueResponse.self
        ).status.requireOK()
    }

    private func leave(_ group: GroupName, _ client: Text) async throws {
        var question = MQNotifyClientTerminationRequest()
        question.group.name = group.text.string
        try await ask(
            "NotifyClientTermination", question, MQNotifyClientTerminationResponse.self, as: client.string
        ).status.requireOK()
    }
}

extension MQStatus {
    fileprivate func requireOK() throws {
        switch code {
        case .ok: break
        case .invalidReceiptHandle: throw FaceRefusal(code: "stale_receipt", message: message)
        case .illegalFilterExpression: throw FaceRefusal(code: "bad_filter", message: message)
        default: throw FaceRefusal(code: "\(code)", message: message)
        }
    }
}

extension Delivery {
    /// What a consumer reads of a message.
    fileprivate init(_ message: MQMessage) {
        let system = message.systemProperties
        func moment(_ time: Google_Protobuf_Timestamp) -> Moment {
            Moment(milliseconds: time.seconds * 1_000 + Int64(time.nanos) / 1_000_000)
        }
        var properties = message.userProperties
        let lane = properties.removeValue(forKey: "lane") ?? ""
        self.init(
            id: MessageID(system.messageID), topic: TopicName(message.topic.name), lane: Text(lane),
            body: Array(message.body), tag: system.hasTag ? Text(system.tag) : nil, keys: system.keys.map { Text($0) },
            properties: Dictionary(uniqueKeysWithValues: properties.map { (Text($0.key), Text($0.value)) }),
            messageGroup: system.hasMessageGroup ? Text(system.messageGroup) : nil, priority: Int(system.priority),
            bornAt: moment(system.bornTimestamp), storedAt: moment(system.storeTimestamp),
            attempt: Int64(system.deliveryAttempt), isReplayed: false,
            receipt: DeliveryReceipt(system.receiptHandle), invisibleUntil: moment(system.storeTimestamp), event: nil,
            order: nil, place: MessageOrigin(queue: 0, offset: system.queueOffset), trace: nil)
    }
}
