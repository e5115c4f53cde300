import Testing
import WaybillCore
import WaybillStore

@Suite struct `A stock row` {
    private let shoe = StockKey(sku: "shoe", location: "north")

    @Test func `is stored and found by key and number`() throws {
        let store = try Store.inMemory()
        var row = StockRow.sample(3, shoe, free: 10)
        try store.write { [row] transaction in try transaction.insert(row) }
        row.version = 2
        row.level.free = 6
        row.level.reserved = 3
        row.level.sold = 1
        try store.write { [row] transaction in try transaction.update(row) }
        #expect(try store.read { try $0.stock(StockKey(sku: "shoe", location: "north")) } == row)
        #expect(try store.read { try $0.stock(number: StreamNumber(3)) } == row)
        #expect(try store.read { try $0.stock(StockKey(sku: "shoe")) } == nil)
    }

    @Test func `never breaks the stock identity, nor goes below zero`() throws {
        let store = try Store.inMemory()
        try store.write { [shoe] transaction in try transaction.insert(StockRow.sample(1, shoe, free: 10)) }
        for change in [
            { (level: inout StockLevel) in level.free = 11 },
            { level in level.sold = 1 },
            { level in (level.free, level.reserved) = (11, -1) },
            { level in (level.free, level.reserved) = (-1, 11) },
            { level in (level.free, level.sold) = (11, -1) },
            { level in level.received = .max },
        ] {
            var row = StockRow.sample(1, shoe, free: 10)
            change(&row.level)
            let thrown = failure { try store.write { [row] transaction in try transaction.update(row) } }
            #expect(thrown?.code == .constraint, "\(row.level)")
        }
        #expect(try store.read { try $0.stock(number: StreamNumber(1)) } == StockRow.sample(1, shoe, free: 10))
    }

    @Test func `is listed by SKU and location, in pages`() throws {
        let store = try Store.inMemory()
        let keys = [
            StockKey(sku: "", location: ""), StockKey(sku: "a", location: ""), StockKey(sku: "a", location: "n"),
            StockKey(sku: "b", location: ""),
        ]
        try store.write { transaction in
            for (index, key) in keys.enumerated().reversed() {
                try transaction.insert(StockRow.sample(Int64(index + 1), key, free: 1))
            }
        }
        var listed: [StockKey] = []
        while true {
            let page = try store.read { [listed] in try $0.stocks(after: listed.last, limit: 3) }
            if page.isEmpty { break }
            listed += page.map(\.key)
        }
        #expect(listed == keys)
    }
}

@Suite struct `Orders` {
    private func numbers(_ page: OrderPage) -> [Int64] { page.orders.map(\.number.number) }

    @Test func `are listed by status, attribute, workflow and parent, in pages`() throws {
        let store = try Store.inMemory()
        let ann = OrderAttribute(name: "buyer", value: "ann")
        try store.write { transaction in
            for number in 1...5 as ClosedRange<Int64> {
                var order = OrderRow.sample(number, status: number == 3 ? "paid" : "new", parent: number > 3 ? 1 : nil)
                order.workflow = WorkflowNumber(number % 2)
                try transaction.insert(order)
                if number != 2 { try transaction.replaceAttributes(of: StreamNumber(number), old: [], new: [ann]) }
            }
        }
        func page(_ ask: (borrowing Snapshot) throws -> OrderPage) throws -> [Int64] { numbers(try store.read(ask)) }
        let start = StreamNumber(0)
        #expect(try page { try $0.orders(after: start, limit: 3) } == [1, 2, 3])
        #expect(try page { try $0.orders(after: StreamNumber(3), limit: 3) } == [4, 5])
        #expect(try page { try $0.orders(status: "new", after: start, limit: 2) } == [1, 2])
        #expect(try page { try $0.orders(status: "new", after: StreamNumber(2), limit: 9) } == [4, 5])
        #expect(try page { try $0.orders(status: "paid", after: start, limit: 9) } == [3])
        #expect(try page { try $0.orders(attribute: ann, after: StreamNumber(1), limit: 9) } == [3, 4, 5])
        #expect(try page { try $0.orders(parent: StreamNumber(1), after: start, limit: 9) } == [4, 5])
        #expect(try page { try $0.orders(workflow: WorkflowNumber(1), after: start, limit: 9) } == [1, 3, 5])
        let end = StreamNumber(.max)
        #expect(try page { try $0.orders(before: end, limit: 3) } == [5, 4, 3])
        #expect(try page { try $0.orders(before: StreamNumber(3), limit: 3) } == [2, 1])
        #expect(try page { try $0.orders(status: "new", before: StreamNumber(5), limit: 2) } == [4, 2])
        #expect(try page { try $0.orders(attribute: ann, before: StreamNumber(5), limit: 9) } == [4, 3, 1])
        let first = try store.read { try $0.orders(workflow: WorkflowNumber(0), after: start, limit: 1) }
        #expect(first.orders.isEmpty)
        #expect(first.next == StreamNumber(1))
        #expect(try store.read { try $0.orders(after: StreamNumber(3), limit: 9) }.next == nil)
        #expect(try store.read { try $0.countOrders() } == 5)
    }

    @Test func `placed long after one another are listed together, some shelves to a page`() throws {
        let store = try Store.inMemory()
        let ann = OrderAttribute(name: "buyer", value: "ann")
        let placed: [Int64] = [1, 131_071, 131_072, 400_000, 100_000_000]
        try store.write { transaction in
            for number in placed {
                try transaction.insert(OrderRow.sample(number))
                try transaction.replaceAttributes(of: StreamNumber(number), old: [], new: [ann])
            }
        }
        for limit in [1, 2, 9] {
            var listed: [Int64] = []
            var pages = 0
            var after: StreamNumber? = StreamNumber(0)
            while let from = after {
                let page = try store.read { try $0.orders(attribute: ann, after: from, limit: limit) }
                #expect(page.orders.count <= limit)
                listed += numbers(page)
                after = page.next
                pages += 1
            }
            #expect(listed == placed)
            // A page looks at some shelves, and the next begins at the first that holds anything.
            #expect(pages >= 2)
            var newest: [Int64] = []
            var before: StreamNumber? = StreamNumber(.max)
            while let from = before {
                let page = try store.read { try $0.orders(attribute: ann, before: from, limit: limit) }
                #expect(page.orders.count <= limit)
                newest += numbers(page)
                before = page.next
            }
            #expect(newest == placed.reversed())
        }
        var rows: [Int64] = []
        repeat {
            let page = try store.read { snapshot in
                try snapshot.orderAttributes(after: rows.last.map { (ann, StreamNumber($0)) }, limit: 2)
            }
            rows += page.map(\.order.number)
            if page.isEmpty { break }
        } while rows.count < 99
        #expect(rows == placed)
    }

    @Test func `leave the lists of what they no longer are`() throws {
        let store = try Store.inMemory()
        let (ann, bob) = (OrderAttribute(name: "buyer", value: "ann"), OrderAttribute(name: "buyer", value: "bob"))
        let shop = OrderAttribute(name: "shop", value: "7")
        try store.write { transaction in
            try transaction.insert(OrderRow.sample(1))
            try transaction.replaceAttributes(of: StreamNumber(1), old: [], new: [ann, shop])
            try transaction.update(OrderRow.sample(1, status: "paid"))
            try transaction.replaceAttributes(of: StreamNumber(1), old: [ann, shop], new: [shop, bob])
        }
        func has(_ attribute: OrderAttribute) throws -> Bool {
            try store.read { try $0.hasAttribute(attribute, of: StreamNumber(1)) }
        }
        #expect(try has(bob))
        #expect(try has(shop))
        #expect(try !has(ann))
        #expect(try store.read { try $0.orders(status: "new", after: StreamNumber(0), limit: 9) }.orders.isEmpty)
    }

    @Test func `with one id are never two`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in try transaction.insert(OrderRow.sample(1)) }
        var second = OrderRow.sample(2)
        second.id = "order-1"
        let thrown = failure { try store.write { [second] transaction in try transaction.insert(second) } }
        #expect(thrown?.code == .constraint)
    }
}

@Suite struct `A workflow's text` {
    @Test func `is kept once, and keeps its number`() throws {
        let store = try Store.inMemory()
        func keep(_ hash: WorkflowHash) throws -> WorkflowNumber {
            try store.write { transaction in
                try transaction.keepWorkflow(hash: hash, name: "shop", version: 1, text: "id: shop", at: .noon)
            }
        }
        let first = try keep("aa")
        #expect(try keep("bb") != first)
        #expect(try keep("aa") == first)
        #expect(try store.read { try $0.workflows() }.map(\.hash) == ["aa", "bb"])
        #expect(try store.read { try $0.workflow(hash: "aa") }?.text == "id: shop")
    }
}
