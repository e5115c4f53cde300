import Foundation
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A broker on a file of its own, told to do steps; a bug may be planted on the way to it or in its file.
final class MessageSubject {
    let lives: Lives<Engine>
    let bug: MessageBug?
    private var producer: CheckBackQueue.Session
    private var receipts: [DeliveryReceipt] = []
    /// Recall handles and transaction ids.
    private var handles: [Int: (handle: Text, topic: TopicName)] = [:]
    /// What a planted bug holds back.
    var heldBack: Letter?
    var isPlanted = false

    var engine: Engine { lives.opened }
    private var now: Moment { lives.clock.now }

    init(seed: UInt64, bug: MessageBug?) async throws {
        self.bug = bug
        lives = try Lives(from: PostOffice.openingMilliseconds, seed: seed, open: Self.open)
        producer = try lives.opened.connectProducer(Text(PostOffice.producer)) {}
        for topic in PostOffice.topics {
            try await done(
                CreateTopic(
                    TopicName(topic),
                    TopicSettings(type: .mixed, retention: Interval(milliseconds: PostOffice.retention))))
        }
        for group in PostOffice.groups {
            try await done(
                KeepGroup(
                    GroupName(group.name),
                    GroupSettings(
                        isFIFO: group.isFIFO, attemptsMax: Int64(group.attemptsMax),
                        ladder: PostOffice.ladder.map { Interval(milliseconds: $0) },
                        invisible: Interval(milliseconds: group.invisible))))
        }
    }

    private static func open(_ path: String, _ world: World) throws -> Engine {
        var settings = Engine.Settings()
        settings.broker.checkBacks.checksMax = Int64(PostOffice.questionsMax)
        return try Engine(
            store: try Store.open(path), workflows: [], world: world, settings: settings
        ) { _ in throw EngineFailure.damaged("there are no workflows") }
    }

    // MARK: Steps

    func perform(_ step: MessageStep) async throws -> MessageVerdict {
        switch step {
        case .send(let letter): return try await send(letter)
        case .prepare(let letter): return try await prepare(letter)
        case .resolve(let number, let isCommit):
            guard let (handle, topic) = handles[number] else { return .refused("no handle") }
            return verdict(await ask(Resolve(handle, of: topic, isCommit ? .commit : .rollback)))
        case .takeQuestions: return try takeQuestions()
        case .recall(let number):
            guard let (handle, topic) = handles[number] else { return .refused("no handle") }
            if bug == .recallIgnored { return .done }
            return verdict(await ask(Recall(handle, of: topic)))
        case .reschedule(let number, let milliseconds):
            guard let (handle, topic) = handles[number] else { return .refused("no handle") }
            let due = now.advanced(by: Interval(milliseconds: milliseconds))
            return verdict(await ask(Reschedule(handle, of: topic, to: due)))
        case .receive(let group, let max): return try await receive(group, max)
        case .acknowledge, .fail, .extend, .bury: return await answer(step)
        case .redrive(let group):
            guard case .success(let count) = await ask(Redrive(GroupName(group), limit: 1_000)) else { return .done }
            return .back(count)
        case .lookBack(let name):
            guard let group = PostOffice.group(name) else { return .done }
            return verdict(
                await ask(LookBack(GroupName(name), TopicName(group.topic), to: .oldest, isPreview: false)))
        case .maintain: while try engine.maintain() {}
        case .pass(let milliseconds): pass(milliseconds)
        case .stall(let milliseconds): lives.clock.move(to: now.advanced(by: Interval(milliseconds: milliseconds)))
        case .reopen(let milliseconds):
            try lives.reopen(after: milliseconds) { _ in try bug?.plant(inClosed: self) }
            try begin()
        case .crash(let milliseconds):
            try lives.crash(after: milliseconds) { _ in try bug?.plant(inClosed: self) }
            try begin()
        }
        return .done
    }

    private func ask<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> { await engine.submit(verb) }

    private func done(_ verb: some BrokerVerb) async throws {
        _ = try await ask(verb).get()
    }

    private func verdict<Answer>(_ reply: BrokerReply<Answer>) -> MessageVerdict {
        if bug == .staleReceiptTaken, reply.refusal?.code == "stale_receipt" { return .done }
        return reply.refusal.map { .refused($0.code) } ?? .done
    }

    private func pass(_ milliseconds: Int64) {
        engine.advance(to: now.advanced(by: Interval(milliseconds: milliseconds)))
    }

    private func begin() throws {
        producer = try engine.connectProducer(Text(PostOffice.producer)) {}
        pass(0)
    }

    // MARK: Producers

    private func send(_ letter: Letter) async throws -> MessageVerdict {
        guard let letters = bug?.replaced(letter, self) else { return try await sendAsItIs(letter) }
        for letter in letters { _ = try await sendAsItIs(letter) }
        return .done
    }

    private func sendAsItIs(_ letter: Letter) async throws -> MessageVerdict {
        var message = message(letter)
        if let delay = letter.delay { message.deliverAt = now.advanced(by: Interval(milliseconds: delay)) }
        let reply = await ask(Send([message]))
        guard case .success(let sent) = reply, let first = sent.first else { return verdict(reply) }
        if let handle = first.recallHandle { handles[letter.number] = (handle, message.topic) }
        return .done
    }

    private func prepare(_ letter: Letter) async throws -> MessageVerdict {
        let reply = await ask(Prepare(message(letter), producer: Text(PostOffice.producer), firstCheck: nil))
        guard case .success(let prepared) = reply else { return verdict(reply) }
        handles[letter.number] = (prepared.transaction, TopicName(letter.topic))
        if bug == .halfMessageLeaks { _ = await ask(Send([message(letter)])) }
        return .done
    }

    private func message(_ letter: Letter) -> NewMessage {
        NewMessage(
            to: TopicName(letter.topic), body: Array("\(letter.number)".utf8), tag: Text(letter.tag),
            messageGroup: letter.key.map { Text($0) }, priority: letter.priority,
            properties: ["size": Text("\(letter.size)")])
    }

    private func takeQuestions() throws -> MessageVerdict {
        var asked: [Int: Int] = [:]
        for question in try engine.takeCheckBacks(producer, limit: 100) {
            asked[Self.number(question.message.body)] = Int(question.count) + (bug == .questionsCountedTwice ? 1 : 0)
        }
        return .asked(asked)
    }

    // MARK: Consumers

    private func receive(_ name: String, _ max: Int) async throws -> MessageVerdict {
        guard let group = PostOffice.group(name) else { return .refused("no such group") }
        let reception = ReceiveRequest(
            group: GroupName(name), subscription: subscription(group), client: Text("client of \(name)"), max: max)
        let deliveries: [Delivery]
        switch await engine.receive(reception) {
        case .success(let got): deliveries = bug == .batchReversed ? got.reversed() : got
        case .failure(let refusal): return .refused(refusal.code)
        }
        let graves = try queues(of: .deadLetters(of: GroupName(name)))
        var handed: [Handed] = []
        for delivery in deliveries {
            if bug == .leaseTooLong { _ = await ask(Extend(delivery.receipt, by: .hours(2))) }
            handed.append(
                Handed(
                    ticket: receipts.count, number: Self.number(delivery.body),
                    attempt: Int(delivery.attempt),
                    isReplayed: bug == .replayUnmarked ? false : delivery.isReplayed,
                    isRedriven: graves.contains(StoredQueueNumber(delivery.place.queue)),
                    until: delivery.invisibleUntil.milliseconds))
            receipts.append(delivery.receipt)
        }
        return .got(handed)
    }

    private func subscription(_ group: PostOffice.Group) -> Subscription {
        let topic = TopicName(group.topic)
        if bug == .filterIgnored { return Subscription(topic) }
        return switch group.wanted {
        case .all: Subscription(topic)
        case .tags(let tags): Subscription(topic, tags: Text(tags.sorted().joined(separator: " || ")))
        case .sizes(let least): Subscription(topic, sql: Text("size >= \(least)"))
        }
    }

    private func answer(_ step: MessageStep) async -> MessageVerdict {
        func receipt(_ ticket: Int) -> DeliveryReceipt {
            receipts.indices.contains(ticket) ? receipts[ticket] : DeliveryReceipt("none")
        }
        switch step {
        case .acknowledge(let ticket):
            if bug == .acknowledgementLost {
                return verdict(await ask(Extend(receipt(ticket), by: .seconds(1))))
            }
            return verdict(await ask(Acknowledge(receipt(ticket))))
        case .fail(let ticket, let delay):
            let wait = delay.map { Interval(milliseconds: $0) }
            return verdict(await ask(Fail(receipt(ticket), delay: wait, why: "by lot")))
        case .extend(let ticket, let milliseconds):
            return verdict(await ask(Extend(receipt(ticket), by: Interval(milliseconds: milliseconds))))
        case .bury(let ticket): return verdict(await ask(GiveUp(receipt(ticket), why: "by lot")))
        case .send, .prepare, .resolve, .takeQuestions, .recall, .reschedule, .receive, .redrive, .lookBack, .maintain,
            .pass, .stall, .reopen, .crash:
            return .done
        }
    }

    // MARK: What can be seen

    func picture() throws -> MessagePicture {
        var picture = MessagePicture()
        for group in PostOffice.groups {
            let lags = try engine.lags(of: GroupName(group.name)).get()
            picture.tallies[group.name] = lags.first { $0.topic == TopicName(group.topic) }.map(Tally.init)
            picture.dead[group.name] = try numbers(in: .deadLetters(of: GroupName(group.name)))
        }
        picture.halves = try engine.messages.halfMessages(after: nil, limit: 1_000).views.count
        return picture
    }

    func queues(of topic: TopicName) throws -> [StoredQueueNumber] {
        try engine.store.read { rows in
            guard let number = try rows.topic(topic) else { return [] }
            return try rows.storedQueues(of: number).map(\.number)
        }
    }

    private func numbers(in topic: TopicName) throws -> [Int] {
        var numbers: [Int] = []
        for queue in try queues(of: topic) {
            let messages = try engine.store.read { rows in try rows.messages(in: queue, fromOffset: 0, limit: 1_000) }
            numbers += messages.map { Self.number($0.message.body ?? []) }
        }
        return numbers
    }

    static func number(_ body: [UInt8]) -> Int { Int(String(decoding: body, as: UTF8.self)) ?? -1 }
}

extension Tally {
    init(_ lag: GroupLag) {
        self.init(
            sent: Int(lag.sent), waiting: Int(lag.waiting), inFlight: Int(lag.inFlight), due: Int(lag.due),
            ready: Int(lag.ready), behind: Int(lag.behind), finished: Int(lag.finished),
            isHeldBack: lag.heldBack != nil)
    }
}
