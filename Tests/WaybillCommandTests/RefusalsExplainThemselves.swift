import Foundation
import Testing

/// What the command line says when the answer is no, or when a name is misspelled.
@Suite struct `A no on the command line` {
    private let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.file("ticket.yaml", ticket)
        try waybill.run(
            "order", "send", "o-1", "open", "--unchecked", "--db", "shop.db", "--workflow", "ticket.yaml", "--data",
            #"{"buyer":"ann","cents":500}"#)
    }

    private func pay(_ cents: Int, _ more: String) throws -> Outcome {
        try waybill.shell(
            "\"$waybill\" order send o-1 pay --role payments --db shop.db --data "
                + "'{\"payment\":\"p\",\"cents\":\(cents)}' \(more)")
    }

    @Test func `says what it read, and as JSON has it as fields`() throws {
        let refused = try pay(1, "")
        #expect(
            refused.errors == "waybill: refused: not_possible: pay is not possible now: the order is \"unpaid\" in "
                + "unpaid; it needs event.cents >= cents (1 >= 500 is false)\n")
        let answer = try pay(1, "--json")
        #expect(answer.status == 1)
        let refusal = try #require(try answer.object()["refusal"] as? [String: Any])
        #expect(refusal["code"] as? String == "not_possible")
        let values = try #require(refusal["values"] as? [String: Any])
        #expect(values["guards"] as? [String] == ["event.cents >= cents"])
        let finding = try #require((refusal["findings"] as? [[String: Any]])?.first)
        #expect(finding["path"] as? String == "cents")
        #expect(finding["message"] as? String == "event.cents >= cents: 1 >= 500 is false")
    }

    @Test(
        arguments: [
            ["order", "show", "o-9"], ["order", "history", "o-9"], ["order", "why", "o-9"], ["stock", "show", "nope"],
            ["timeout", "list", "o-9"], ["topic", "show", "nope"], ["group", "show", "nope"],
            ["stock", "receive", "", "5"],
        ])
    func `is one object with --json, whatever the verb`(words: [String]) throws {
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let outcome = try waybill.shell("\"$waybill\" \(quoted) --db shop.db --json")
        #expect(outcome.status == 1)
        let refusal = try #require(try outcome.object()["refusal"] as? [String: Any])
        #expect((refusal["code"] as? String)?.isEmpty == false)
        #expect((refusal["message"] as? String)?.isEmpty == false)
    }

    @Test func `to an empty SKU names the SKU, and no path`() throws {
        let refused = try waybill.run("stock", "receive", "", "5", "--db", "shop.db")
        #expect(refused.errors == "waybill: refused: bad_parameter: the sku is empty; name one\n")
    }

    @Test(
        arguments: [
            (["ordr", "list"], "`waybill` has no command 'ordr'; did you mean 'order'?"),
            (["order", "lst"], "`waybill order` has no command 'lst'; did you mean 'list'?"),
            (["workflow", "shw"], "`waybill workflow` has no command 'shw'"),
            (["xyzzy"], "`waybill` has no command 'xyzzy'\n"),
        ])
    func `to a misspelled noun or verb says which was meant`(words: [String], sentence: String) throws {
        let outcome = try waybill.shell("\"$waybill\" \(words.joined(separator: " ")) --db shop.db")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
        #expect(!outcome.errors.contains("--db"), "\(outcome.errors)")
    }

    @Test func `to a misspelled command or workflow says which was meant`() throws {
        let command = try waybill.run("order", "send", "o-1", "pya", "--unchecked", "--db", "shop.db")
        #expect(command.errors.contains("the workflow ticket has no command pya; did you mean pay?"))
        let workflow = try waybill.run(
            "order", "send", "o-2", "open", "--unchecked", "--db", "shop.db", "--workflow", "tickt")
        #expect(workflow.errors.contains("no workflow tickt is open in this file; did you mean ticket?"))
        let shipped = try waybill.run("workflow", "check", "standrd-order")
        #expect(shipped.errors.contains("did you mean standard-order? shipped are:"), "\(shipped.errors)")
    }

    @Test func `of a list says which name of its filter is unknown`() throws {
        let status = try waybill.run("order", "list", "--db", "shop.db", "--status", "unpayed")
        #expect(status.output.contains("no orders"))
        #expect(status.errors == "waybill: no workflow of this file has the status unpayed; did you mean unpaid?\n")
        let workflow = try waybill.run("order", "list", "--db", "shop.db", "--workflow", "tiket")
        #expect(workflow.errors == "waybill: there is no workflow tiket in this file; did you mean ticket?\n")
        let known = try waybill.run("order", "list", "--db", "shop.db", "--status", "paid")
        #expect(known.errors.isEmpty, "a status that no order has now is no mistake")
        let json = try waybill.run("order", "list", "--db", "shop.db", "--status", "unpayed", "--json").object()
        #expect((json["unknown"] as? [[String: String]])?.first?["meant"] == "unpaid")
        let timeout = try waybill.run("timeout", "list", "--db", "shop.db", "--name", "pay_du")
        #expect(timeout.errors == "waybill: no workflow of this file has the timeout pay_du; did you mean pay_due?\n")
    }

    @Test func `yet to come is shown with each way of a command`() throws {
        let why = try waybill.run("order", "why", "o-1", "--db", "shop.db", "--json").object()
        let possible = try #require(why["possible"] as? [[String: Any]])
        #expect(possible.map { $0["command"] as? String } == ["pay", "close"])
        #expect(possible.first?["roles"] as? [String] == ["payments"])
        let way = try #require((possible.first?["ways"] as? [[String: Any]])?.first)
        #expect(way["state"] as? String == "unpaid" && way["target"] as? String == "paid")
        #expect(way["outlook"] as? String == "by_data")
        #expect(way["reads"] as? [[String: String]] == [["name": "cents", "value": "500"]])
    }
}
