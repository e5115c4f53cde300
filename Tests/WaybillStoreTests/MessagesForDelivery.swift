import Testing
import WaybillCore
import WaybillStore

@Suite struct `A stored queue` {
    /// A queue of messages of 10 bytes each, one per minute.
    private func fill(_ store: Store, _ count: Int64) throws -> StoredQueueNumber {
        try store.write { transaction in
            let queue = try transaction.keepStoredQueue(topic: "orders", lane: "", at: .noon)
            for offset in 0..<count {
                let message = MessageRow(
                    event: nil, bornAt: .noon.advanced(by: .minutes(offset)), body: Array(repeating: 7, count: 10),
                    id: "m\(offset)")
                try transaction.append(message, to: queue)
            }
            return queue
        }
    }

    private func places(_ queue: StoredQueueNumber, _ offsets: [Int64]) -> [MessagePlace] {
        offsets.map { MessagePlace(queue: queue, offset: $0) }
    }

    @Test func `hands out messages in the order asked for, within a bound of bytes`() throws {
        let store = try Store.inMemory()
        let queue = try fill(store, 6)
        let bytes = try #require(try store.read { try $0.message(at: places(queue, [0])[0]) }).byteCount
        try store.read { snapshot in
            let some = try snapshot.messages(at: places(queue, [4, 77, 1, 2]), bytesMax: bytes * 2, countMax: 9)
            #expect(some.messages.map(\.place.offset) == [4, 1])
            #expect(some.placesRead == 3)
            #expect(some.bytes == bytes * 2)
            let all = try snapshot.messages(at: places(queue, [4, 77, 1, 2]), bytesMax: .max, countMax: 9)
            #expect(all.messages.map(\.message.id) == ["m4", "m1", "m2"])
            #expect(all.placesRead == 4)
            let first = try snapshot.messages(at: places(queue, [3, 2]), bytesMax: 1, countMax: 9)
            #expect(first.messages.map(\.place.offset) == [3])
            let few = try snapshot.messages(at: places(queue, [3, 2]), bytesMax: .max, countMax: 1)
            #expect(few.placesRead == 1)
        }
    }

    @Test func `never uses an offset twice, even when its newest message is deleted`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        let queue = try fill(store, 5)
        #expect(try store.write { try $0.deleteMessages(of: queue, below: 5, limit: 3) } == 3)
        #expect(try store.read { try $0.oldestOffset(of: queue) } == 3)
        #expect(try store.write { try $0.deleteMessages(of: queue, below: 5, limit: 3) } == 2)
        #expect(try store.read { try $0.oldestOffset(of: queue) } == nil)
        store.close()
        let again = try Store.open(file.path)
        #expect(try again.read { try $0.nextOffset(of: queue) } == 5)
        let place = try again.write { try $0.append(MessageRow(event: Position(1), bornAt: .noon), to: queue) }
        #expect(place.offset == 5)
    }

    @Test func `is deleted from alone, and never beyond the offset`() throws {
        let store = try Store.inMemory()
        let queue = try fill(store, 5)
        let other = try store.write { transaction in
            let other = try transaction.keepStoredQueue(topic: "mail", lane: "", at: .noon)
            try transaction.append(MessageRow(event: Position(1), bornAt: .noon), to: other)
            return other
        }
        #expect(try store.write { try $0.deleteMessages(of: other, below: -3) } == 0)
        #expect(try store.write { try $0.deleteMessages(of: other, below: .max) } == 1)
        #expect(try store.write { try $0.deleteMessages(of: queue, below: 2) } == 2)
        #expect(
            try store.read { try $0.messages(in: queue, fromOffset: 0, limit: 9) }.map(\.place.offset) == [2, 3, 4])
    }

    @Test func `finds the first offset of a time, also where messages are missing`() throws {
        let store = try Store.inMemory()
        let queue = try fill(store, 200)
        try store.write { _ = try $0.deleteMessages(of: queue, below: 50) }
        func offset(_ interval: Interval) throws -> Int64 {
            try store.read { try $0.offset(of: queue, visibleFrom: .noon.advanced(by: interval)) }
        }
        for minutes in 50..<200 as Range<Int64> { #expect(try offset(.minutes(minutes)) == minutes) }
        #expect(try offset(.minutes(0)) == 50)
        #expect(try offset(.minutes(200)) == 200)
        #expect(try offset(.seconds(3_601)) == 61)
        try store.write { _ = try $0.deleteMessages(of: queue, below: 200) }
        #expect(try store.read { try $0.offset(of: queue, visibleFrom: .noon) } == 200)
    }

    @Test func `measures its messages`() throws {
        let store = try Store.inMemory()
        let queue = try fill(store, 10)
        let measure = try store.read { try $0.measureMessages(in: queue, fromOffset: 2, limit: 5) }
        #expect(measure.count == 5)
        #expect(measure.bytes == 5 * (64 + 10))
        #expect(measure.lastOffset == 6)
        #expect(try store.read { try $0.measureMessages(in: queue, fromOffset: 2, below: 4, limit: 5) }.count == 2)
        #expect(try store.read { try $0.measureMessages(in: queue, fromOffset: 4, below: 2, limit: 5) }.count == 0)
        #expect(try store.read { try $0.measureMessages(in: queue, fromOffset: 99, limit: 5) }.count == 0)
    }
}

@Suite struct `A message key` {
    @Test func `leads to messages that came long after one another, the oldest first`() throws {
        let store = try Store.inMemory()
        let today = MessageKeyRow.day(of: .noon)
        let offsets: [Int64] = [7, 32_767, 32_768, 1_000_000]
        try store.write { transaction in
            for offset in offsets.reversed() {
                let place = MessagePlace(queue: StoredQueueNumber(1), offset: offset)
                try transaction.insert([MessageKeyRow(key: "a", visibleAt: .noon, place: place)])
            }
        }
        for limit in [9, 3] {
            let found = try store.read { try $0.places(ofKey: "a", day: today, limit: limit) }
            #expect(found.map(\.offset) == Array(offsets.prefix(limit)))
        }
    }

    @Test func `leads to every message that bears it, for as many days as are kept`() throws {
        let store = try Store.inMemory()
        let queue = StoredQueueNumber(1)
        let today = MessageKeyRow.day(of: .noon)
        let tomorrow = Moment.noon.advanced(by: .days(1))
        let keys = [
            MessageKeyRow(key: "b", visibleAt: .noon, place: MessagePlace(queue: queue, offset: 2)),
            MessageKeyRow(key: "a", visibleAt: .noon, place: MessagePlace(queue: queue, offset: 9)),
            MessageKeyRow(key: "a", visibleAt: .noon, place: MessagePlace(queue: queue, offset: 1)),
            MessageKeyRow(key: "a", visibleAt: tomorrow, place: MessagePlace(queue: queue, offset: 10)),
        ]
        try store.write { transaction in
            try transaction.insert(keys)
            try transaction.insert(keys)
        }
        #expect(try store.read { try $0.places(ofKey: "a", day: today, limit: 9) }.map(\.offset) == [1, 9])
        #expect(try store.read { try $0.places(ofKey: "c", day: today, limit: 9) }.isEmpty)
        #expect(try store.write { try $0.dropMessageKeys(before: today + 1, limit: 2) } == 2)
        #expect(try store.write { try $0.dropMessageKeys(before: today + 1, limit: 2) } == 1)
        #expect(try store.read { try $0.places(ofKey: "a", day: today, limit: 9) }.isEmpty)
        #expect(try store.read { try $0.places(ofKey: "a", day: today + 1, limit: 9) }.map(\.offset) == [10])
        #expect(MessageKeyRow.day(of: Moment(milliseconds: -1)) == -1)
        #expect(MessageKeyRow.day(of: Moment(milliseconds: .min)) < 0)
    }
}
