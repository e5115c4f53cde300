import Foundation
import Testing

@Suite struct `waybill topic and group` {
    let waybill: Executable

    init() throws { waybill = try Executable() }

    /// A line of the command line, on the one file.
    @discardableResult
    private func run(_ arguments: String) throws -> Outcome {
        try waybill.shell("\"$waybill\" \(arguments) --db shop.db")
    }

    @Test func `make, change, show and delete`() throws {
        #expect(try run("topic create news --type fifo --queues 8").status == 0)
        #expect(try run("topic create news").status == 1)
        #expect(try run("topic show news --json").object()["queues"] as? Int == 8)
        #expect(try run("topic update news --queues 2 --json").object()["type"] as? String == "fifo")
        #expect(try run("topic create 'no spaces'").status == 1)
        #expect(try run("topic list --json").array().map { $0["name"] as? String } == ["news"])
        #expect(try run("topic delete news").status == 0)
        #expect(try run("topic show news").errors.contains("unknown_topic"))

        #expect(try run("group create readers --fifo true --max-attempts 3").status == 0)
        #expect(try run("group create prices --broadcast").status == 0)
        let readers = try run("group show readers --json").object()
        #expect(readers["fifo"] as? Bool == true && readers["max_attempts"] as? Int == 3)
        #expect(try run("group update readers --ladder 1s,2m --json").object()["ladder"] as? [String] == ["1s", "2m"])
        #expect(try run("group update readers --ladder soon").status == 64)
        #expect(try run("group list --json").array().count == 2)
        #expect(try run("group delete prices").status == 0)
        #expect(try run("group show prices --json").object()["accepted"] as? Bool == false)
    }

    @Test func `say so when what exists is not what was asked for`() throws {
        #expect(try run("group create readers --max-attempts 3").status == 0)
        #expect(try run("group create readers --max-attempts 3").status == 0)
        #expect(try run("group create readers --fifo true").errors.contains("group_exists"))
        #expect(try run("group show readers --json").object()["fifo"] as? Bool == false)
        let lane = try run("lane promote gray")
        #expect(lane.status == 1 && lane.errors.contains("no message was ever sent in the lane gray"))
        // What is wrong with the usage is said in one line, without the usage of another command.
        let ladder = try run("group update readers --ladder soon")
        #expect(ladder.status == 64 && ladder.errors.hasPrefix("waybill: --ladder wants times"))
        #expect(!ladder.errors.contains("Usage: waybill <subcommand>"))
        #expect(try waybill.run("topic", "list", "--db", "").errors.contains("--db wants the name of a file"))
        #expect(try waybill.run("workflow", "run", "--help").output.contains("2026-01-01T00:00:00Z"))
    }

    @Test func `take back what is not delivered yet`() throws {
        try run("topic create later --type delay")
        let sent = try run("message send later --body x --delay 1h --json").object()
        let handle = try #require(sent["recall_handle"] as? String)
        #expect(try run("message reschedule later \(handle) --to 2100-01-01T00:00:00Z").output.contains("2100-01-01"))
        #expect(try run("message recall later \(handle)").status == 0)
        #expect(try run("message recall later \(handle)").status == 0)
        #expect(try run("message reschedule later \(handle) --to 2100-01-01T00:00:00Z").status == 1)
        #expect(try run("message recall later abc").status == 1)
        #expect(try run("message send later --body x --delay 1h --at 2100-01-01T00:00:00Z").status == 64)
        #expect(try run("message send nowhere --body x").errors.contains("unknown_topic"))
    }

    @Test func `list half messages, of which there are none`() throws {
        try run("topic create paid --type transaction")
        #expect(try run("half-message list").output == "no half messages\n")
        #expect(try run("half-message list --parked --json").array().isEmpty)
        #expect(try run("half-message commit paid abc").status == 1)
    }

    @Test func `prepare a half message, and decide it`() throws {
        try run("topic create paid --type mixed")
        let prepared = try run("half-message prepare paid --producer bank --body '{}' --first-check 1h --json").object()
        let transaction = try #require(prepared["transaction"] as? String)
        #expect(try run("message find --id \(prepared["id"] as? String ?? "")").status == 1)
        #expect(try run("half-message commit paid \(transaction)").output.contains("is committed"))
        #expect(try run("message find --id \(prepared["id"] as? String ?? "") --json").array().count == 1)
    }

    @Test func `find the file in the environment`() throws {
        try run("topic create paid")
        for words in ["topic list", "half-message list", "audit", "doctor", "token list", "export orders"] {
            let outcome = try waybill.shell("WAYBILL_DB=shop.db \"$waybill\" \(words)")
            #expect(outcome.status == 0, "\(words): \(outcome.errors)")
            #expect(try waybill.shell("\"$waybill\" \(words)").status == 64, "\(words)")
        }
    }
}
