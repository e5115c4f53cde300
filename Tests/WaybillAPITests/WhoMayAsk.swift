import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Who may ask for each operation, written anew: a grant that lets too much through is found here.
@Suite struct `The right to ask for an operation` {
    private static let table: [(rights: [Right], operations: [String])] = [
        ([.nothing], ["alive", "ready", "version", "openAPI", "showProblem"]),
        ([.token], ["whoAmI"]),
        (
            [.viewer],
            [
                "listOrders", "listCalls", "listTimeouts", "showHold", "runWorkflow", "listTopics", "topicRetention",
                "listGroups", "listLanes", "findMessages", "showMessage", "traceMessage", "listHalfMessages",
                "listDelayedMessages",
                "listOperations", "showOperation", "listModules", "showHealth", "listEvents", "followEvents",
                "showOverview", "followOverview", "followOperation",
            ]
        ),
        (
            [.viewer, .orders],
            [
                "showOrder", "orderHistory", "followOrder", "orderMessages", "whyOrder", "listWorkflows",
                "showWorkflow", "showWorkflowVersion", "showWorkflowSchema", "drawWorkflow", "workflowOpenAPI",
            ]
        ),
        ([.viewer, .stock], ["listStock", "showStock", "stockHistory"]),
        ([.viewer, .metrics], ["metrics"]),
        ([.viewer, .producer(topic: "topic")], ["showTopic"]),
        (
            [.viewer, .consumer(group: "group")],
            ["showGroup", "groupLag", "groupClients", "deadLetters", "showDeadLetter"]
        ),
        ([.payload], ["messageBody"]),
        ([.orders], ["placeOrder", "sendCommand"]),
        ([.orders, .operator], ["extendTimeout", "moveTimeout", "cancelTimeout"]),
        ([.stock, .operator], ["receiveStock", "adjustStock", "countStock", "moveStock"]),
        (
            [.operator],
            [
                "confirmClock", "holdTimeouts", "releaseTimeouts", "checkWorkflow", "lookBack", "redrive",
                "deleteDeadLetter", "closeLane", "resumeHalfMessage", "changeTimeouts", "pauseOperation",
                "resumeOperation", "stopOperation", "listAudits",
            ]
        ),
        (
            [.admin],
            [
                "putWorkflow", "activateWorkflow", "putTopic", "deleteTopic", "putGroup", "deleteGroup", "createToken",
                "listTokens", "revokeToken", "backUp",
            ]
        ),
        ([.producer(topic: "topic")], ["sendMessages"]),
        ([.producer(topic: "topic"), .operator], ["recallMessage", "rescheduleMessage"]),
        ([.producer(topic: nil)], ["prepareHalfMessage"]),
        ([.producer(topic: nil), .operator], ["commitHalfMessage", "rollbackHalfMessage"]),
        ([.check(producer: "producer")], ["takeChecks"]),
        (
            [.consumer(group: "group")], ["receive", "acknowledge", "fail", "extend", "deadLetter", "leave"]
        ),
    ]

    @Test func `is the one that is written here`() {
        for operation in API.operations {
            let found = Self.table.filter { $0.operations.contains(operation.name) }
            #expect(found.count == 1, "\(operation.name) is not in this table, or twice")
            #expect(Set(operation.grant.rights) == Set(found.first?.rights ?? []), "\(operation.name)")
        }
        let names = Set(API.operations.map(\.name))
        #expect(Self.table.flatMap(\.operations).filter { !names.contains($0) } == [], "these are no operations")
    }
}

/// What a path does not name, a token is asked for all the same.
@Suite struct `A right that no path shows` {
    private let shop: APIShop
    private let ledger = Grant.producer(NamePattern("ledger"))

    init() async throws {
        shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        await shop.send(Example.Step(.put, "/v1/topics/cash", body: #"{"type":"mixed"}"#))
    }

    private func send(_ lane: String, inBody: Bool = false, key: String) -> Example.Step {
        let body = "{\"data\":1\(inBody ? ",\"lane\":\"\(lane)\"" : "")}"
        let headers: [(RequestHeader, String)] = [(.idempotencyKey, key)] + (inBody ? [] : [(.lane, lane)])
        return Example.Step(.post, "/v1/topics/ledger/messages", headers, body: body)
    }

    @Test func `is one for the topic of a half message`() async throws {
        let cash = Principal(
            name: "cash", grants: [.producer(NamePattern("cash")), .check(NamePattern("bank"))])
        let prepared = await shop.send(ExampleShop.half, as: cash)
        #expect(prepared.code == "forbidden" && prepared.text.contains("ledger"), "\(prepared.text)")
        let half = try JSON(reading: await shop.send(ExampleShop.half).body)
        let commit = try #require(half["commit_url"]?.asText)
        #expect(await shop.send(.init(post: commit, "{}"), as: cash).code == "forbidden")
        let rollback = try #require(half["rollback_url"]?.asText)
        #expect(await shop.send(.init(post: rollback, "{}"), as: cash).code == "forbidden")
        // Under the name of a topic of its own the transaction is none.
        let elsewhere = commit.replacing("topic=ledger", with: "topic=cash")
        #expect(await shop.send(.init(post: elsewhere, "{}"), as: cash).code == "unknown_message")
        #expect(try await shop.book.messages.halfMessages().elements.count == 1)
        let own = Principal(name: "led", grants: [ledger])
        #expect(await shop.send(.init(post: commit, "{}"), as: own).status == 200)
    }

    @Test func `is one for a lane, in the header and in the body`() async throws {
        let base = Principal(name: "web", grants: [ledger])
        let blue = Principal(name: "web", grants: [ledger, .lane("blue")])
        for (number, inBody) in [false, true].enumerated() {
            let refused = await shop.send(send("blue", inBody: inBody, key: "a\(number)"), as: base)
            #expect(refused.code == "forbidden" && refused.text.contains("blue"), "\(refused.text)")
            #expect(await shop.send(send("green", inBody: inBody, key: "b\(number)"), as: blue).code == "forbidden")
            #expect(await shop.send(send("blue", inBody: inBody, key: "c\(number)"), as: blue).status == 201)
        }
        #expect(try await shop.book.messages.lanes().map(\.name) == ["blue"])
        let worker = Principal(name: "w", grants: [.consumer(NamePattern("shipping"))])
        let receive = #"{"topic":"ledger","client":"c","lane":"blue"}"#
        #expect(await shop.send(.init(post: "/v1/groups/shipping/receive", receive), as: worker).code == "forbidden")
        let buyer = Principal(name: "shop", grants: [.orders(roles: ["buyer"])])
        let place = Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, "k"), (.lane, "blue")], body: ExampleShop.place.body)
        #expect(await shop.send(place, as: buyer).code == "forbidden")
        let both = Principal(name: "shop", grants: [.orders(roles: ["buyer"]), .lane("blue")])
        #expect(await shop.send(place, as: both).status == 201)
        #expect(try await shop.book.order("order-7")?.lane == "blue")
        let data = #"{"buyer":"ann","sku":"mug","at":"","price_cents":900,"limit":2}"#
        let command = Example.Step(
            .post, "/v1/orders/order-8/commands/place?workflow=flash-sale", [(.lane, "blue"), (.role, "shop")],
            body: data)
        let web = Principal(name: "web", grants: [.orders(roles: ["shop"])])
        #expect(await shop.send(command, as: web).code == "forbidden")
        let placed = await shop.send(command, as: .owner)
        #expect(try await shop.book.order("order-8")?.lane == "blue", "\(placed.text)")
    }

    @Test(arguments: [
        ("ledger", ["ledger": true, "ledger2": false, "led": false, "": false]),
        ("led*", ["ledger": true, "led": true, "le": false, "cash": false]), ("*", ["ledger": true, "": true]),
    ])
    func `is for one name, or with a star for those that begin so`(pattern: String, names: [String: Bool]) throws {
        for (name, isMeant) in names {
            for word in ["producer", "consumer", "check"] {
                let principal = Principal(name: "p", grants: [try Grant(Text("\(word):\(pattern)"))])
                let may = [
                    "producer": principal.mayProduce(Text(name)), "consumer": principal.mayConsume(Text(name)),
                    "check": principal.mayCheck(Text(name)),
                ]
                #expect(may[word] == isMeant, "\(word):\(pattern) and \(name)")
                #expect(may.values.count { $0 } == (isMeant ? 1 : 0), "\(word) opens nothing else")
            }
        }
    }

    @Test(arguments: ["check:*", "check:%TX%orders", "admin"])
    func `no grant allows to answer for a producer of the server`(grant: Text) throws {
        let principal = Principal(name: "p", grants: [try Grant(grant)])
        #expect(!principal.mayCheck("%TX%orders"))
        #expect(principal.mayCheck("orders") == (grant != "check:%TX%orders"))
    }

    @Test func `to speak for another is the owner's of the file`() async throws {
        func place(_ id: String) -> Example.Step {
            Example.Step(
                .post, "/v1/orders", [(.idempotencyKey, id), (.role, "buyer"), (.caller, "ann%20b")],
                body: ExampleShop.place.body.replacing("order-7", with: id))
        }
        for principal in [Principal(name: "eva", grants: [.admin]), .anyone] {
            #expect(await shop.send(place("o-1"), as: principal).code == "forbidden")
        }
        #expect(try await shop.book.order("o-1") == nil)
        #expect(await shop.send(place("o-2")).status == 201)
        let history = try JSON(reading: await shop.send(.init(get: "/v1/orders/o-2/history")).body)
        #expect(history["items"]?.elements?.first?["caller"]?.asText == "ann b")
    }

    @Test func `comes as one bearer's token, and in no other way`() async throws {
        let made = try JSON(
            reading: await shop.send(
                .init(post: "/v1/tokens", #"{"name":"eye","grants":["viewer"],"reason":"a test"}"#)
            ).body)
        let token = try #require(made["token"]?.asText)
        func look(_ headers: [String]) async -> Reply {
            await shop.send(Example.Step(.get, "/v1/stock", headers.map { (.authorization, $0) }), as: nil)
        }
        #expect(await look(["bearer \(token)"]).status == 200)
        for wrong in ["Basic \(token)", token, "Bearer", "Bearer \(token) x", "Bearer x\(token)"] {
            #expect(await look([wrong]).code == "unauthenticated", "\(wrong)")
        }
        #expect(await look(["Bearer \(token)", "Bearer \(token)"]).code == "bad_parameter")
        #expect(await look([]).code == "unauthenticated")
    }
}
