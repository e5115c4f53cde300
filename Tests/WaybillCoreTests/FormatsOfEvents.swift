import Testing
import WaybillCore

/// The chain by which bodies of older formats are read.
@Suite struct `The format of an event's body` {
    /// 1 -> 2: the number. 2 -> 3: `color` is called `hue`. 3 -> 4: the number. 4 -> 5: `hue` is in a list.
    private let chain = EventFormats([
        .number,
        .change { json throws(JSONProblem) in
            try fields(json) {
                $0 == "color" ? "hue" : $0
            } value: {
                $0
            }
        },
        .number,
        .change { json throws(JSONProblem) in
            try fields(json) {
                $0
            } value: {
                [UInt8(ascii: "[")] + $0 + [UInt8(ascii: "]")]
            }
        },
    ])

    @Test(arguments: [
        (#"{"color":7}"#, #"{"format":5,"hue":[7]}"#),
        (#"{"format":2,"color":7}"#, #"{"format":5,"hue":[7]}"#),
        (#"{"format":3,"hue":7}"#, #"{"format":5,"hue":[7]}"#),
        (#"{"format":4,"hue":7}"#, #"{"format":5,"hue":[7]}"#),
        (#"{"format":5,"hue":[7]}"#, #"{"format":5,"hue":[7]}"#),
        ("{}", #"{"format":5}"#),
        (#"{"format":2}"#, #"{"format":5}"#),
    ])
    func `leads through each step to the newest, once and in order`(_ old: String, _ new: String) throws {
        #expect(String(decoding: try chain.newest(Array(old.utf8)), as: UTF8.self) == new)
        let read = try chain.read(Array(old.utf8)) { reader throws(JSONProblem) in try reader.rawValue() }
        #expect(read == Array(new.utf8))
    }

    @Test func `is read as it lies when later formats changed nothing but the number`() throws {
        let chain = EventFormats([.change { json throws(JSONProblem) in json + json }, .number, .number])
        let old = Array(#"{"format":2,"a":1}"#.utf8)
        #expect(try chain.read(old) { reader throws(JSONProblem) in try reader.rawValue() } == old)
        #expect(try chain.newest(old) == Array(#"{"format":4,"a":1}"#.utf8))
    }

    @Test(arguments: ["6", "0", "1", "", "-3", "x", "99999999999999999999999"])
    func `that this release does not know is refused by name`(_ number: String) {
        let body = Array(#"{"format":\#(number),"hue":7}"#.utf8)
        #expect(throws: JSONProblem.self) { try chain.newest(body) }
        #expect(throws: JSONProblem.self) {
            try chain.read(body) { reader throws(JSONProblem) in try reader.skipValue() }
        }
    }

    @Test func `stands at the head of what this release writes`() throws {
        let workflow = try Bazaar.workflow()
        var order = JSONWriter()
        EventBody().write(to: &order, under: workflow)
        var stock = JSONWriter()
        StockEventBody(movement: Movement(.receive, StockKey(sku: "mug"), 1), note: nil).write(to: &stock)
        for body in [order.bytes, stock.bytes] {
            #expect(try EventFormats.current.number(of: body) == EventFormats.current.newest)
        }
    }

    @Test func `does not hide what a body says otherwise`() throws {
        let workflow = try Bazaar.workflow()
        func body(_ json: String) throws -> EventBody { try EventBody(Array(json.utf8), under: workflow) }
        let one = try body(#"{"status":"open","armed":[["remind",7]]}"#)
        #expect(
            one.saysTheSame(as: try body(#"{ "armed":[["remind",7]], "status":"op\u0065n"}"#), of: "x", under: workflow)
        )
        for other in [#"{"status":"open"}"#, #"{"status":"shut","armed":[["remind",7]]}"#, "{}"] {
            #expect(!one.saysTheSame(as: try body(other), of: "x", under: workflow))
        }
    }
}

/// An object with other names and values.
private func fields(
    _ json: [UInt8], name: (Text) -> Text, value: ([UInt8]) -> [UInt8]
) throws(JSONProblem) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    try JSONReader.read(json) { reader throws(JSONProblem) in
        try reader.object { key, reader throws(JSONProblem) in
            writer.key(named: name(key))
            writer.json(value(try reader.rawValue()))
        }
    }
    writer.endObject()
    return writer.bytes
}
