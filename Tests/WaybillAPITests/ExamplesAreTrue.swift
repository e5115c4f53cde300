import Testing
import WaybillAPI
import WaybillCore

/// Every operation shows a request and its answer. Each is sent in virtual time, and the answer is compared.
@Suite struct `An example of an operation` {
    @Test(arguments: API.operations.map(\.name))
    func `is what it really answers`(name: String) async throws {
        let operation = try #require(API.operations.first { $0.name == name })
        let shop = try APIShop()
        for step in operation.example.after {
            let reply = await shop.send(step)
            #expect((200..<300).contains(reply.status), "\(step.target): \(reply.text)")
        }
        let reply = await shop.send(operation.example.step)
        #expect(reply.status == operation.example.status, "\(reply.text)")
        let answer = packed(operation.example.answer)
        let text = packed(await reply.beginning)
        #expect(operation.example.isBeginning ? text.hasPrefix(answer) : reply.text == answer, "\(text)")
        #expect(!answer.isEmpty || reply.status == 204)
        let statuses = operation.answers.map(\.status) + operation.problems.map(\.status)
        #expect(statuses.contains(reply.status))
    }

    @Test func `is told from one with a changed field`() async throws {
        let shop = try APIShop()
        let reply = await shop.send(ExampleShop.stock)
        let example = try #require(API.operations.first { $0.name == "receiveStock" }).example.answer
        #expect(reply.text == packed(example))
        #expect(reply.text != packed(example.replacing("\"free\":100", with: "\"free\":101")))
    }

    /// A text of JSON without the blanks between values.
    private func packed(_ text: String) -> String {
        var packed = ""
        var isInText = false
        var isEscaped = false
        for character in text {
            if !isInText, character.isWhitespace { continue }
            if character == "\"", !isEscaped { isInText.toggle() }
            isEscaped = character == "\\" && !isEscaped
            packed.append(character)
        }
        return packed
    }
}
