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
