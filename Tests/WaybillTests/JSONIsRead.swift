import Testing
import Waybill

@Suite struct `A JSON value` {
    @Test func `is read back as it was written`() throws {
        let value: JSON = [
            "buyer": "ann", "lines": [["sku": "mug", "qty": 2], []], "coupon": nil, "gift": true, "cents": -5,
        ]
        #expect(try JSON(reading: value.bytes) == value)
        #expect(value["lines"]?.elements?.first?["qty"]?.asInt == 2)
        #expect(value["buyer"]?.asText == "ann" && value["gift"]?.asBool == true)
        #expect(value["nobody"] == nil && value["buyer"]?["name"] == nil && value["cents"]?.asText == nil)
    }

    @Test(arguments: ["", "{", "{\"a\":1.5}", "[1,]", "nul", "{\"a\":1}x", "99999999999999999999"])
    func `is refused with the place when it is none`(text: String) {
        #expect(throws: JSON.Problem.self) { try JSON(reading: Array(text.utf8)) }
    }

    /// Few names are compared one by one, many are kept in a set.
    @Test(arguments: [1, 2, 11, 12, 13, 40])
    func `is refused when it has a field twice, however many it has`(count: Int) throws {
        let fields = (1...count).map { "\"field \($0)\":\($0)" }
        let once = "{\(fields.joined(separator: ","))}"
        #expect(try JSON(reading: Array(once.utf8))["field \(count)"]?.asInt == Int64(count))
        for name in Set([1, (count + 1) / 2, count]) {
            let twice = "{\((fields + ["\"field \(name)\":0"]).joined(separator: ","))}"
            let problem = #expect(throws: JSON.Problem.self) { try JSON(reading: Array(twice.utf8)) }
            #expect(problem?.message == "the field field \(name) is given twice")
        }
    }

    /// Two spellings of one letter are two names.
    @Test func `compares names by their bytes`() throws {
        #expect(try JSON(reading: Array("{\"caf\u{e9}\":1,\"cafe\u{301}\":2}".utf8))["cafe\u{301}"]?.asInt == 2)
    }

    @Test func `is not read deeper than it is bounded`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSON.Problem.self) { try JSON(reading: Array(deep.utf8)) }
    }

    @Test(arguments: [1, 47, 62, 63, 64, 65, 127, 128, 200])
    func `is written whole, however deep it is`(depth: Int) {
        var value: JSON = ["a": 1, "b": [2, 3]]
        var text = #"{"a":1,"b":[2,3]}"#
        for _ in 0..<depth {
            value = [0, value, 9]
            text = "[0,\(text),9]"
        }
        #expect(String(decoding: value.bytes, as: UTF8.self) == text)
    }
}
