import ArgumentParser
import WaybillClient
import WaybillCore

/// How many elements a list shows at most.
enum ListLimit {
    /// Whole files go out by `waybill export`.
    static let most = 100_000

    static func check(_ limit: Int) throws {
        guard (1...most).contains(limit) else { throw ValidationError("--limit wants 1 to \(most).") }
    }

    /// The larger limit that a list names which may have more.
    static func more(than limit: Int) -> Int { min(limit * 10, most) }
}

/// A list on its way out. A JSON array, or its elements each on a line, is written as its pages come, so that memory
/// holds one of them; a table has all its rows in memory first, as its columns are as wide as the widest.
struct ListOutput {
    private static let bytesMax = 65_536

    private var table: TextTable
    private let isJSON: Bool
    private let areLines = Output.standard.areLines
    private var writer = JSONWriter()
    private(set) var count = 0

    /// - Parameter member: the name of the array, when it is a member of an object.
    init(_ columns: [TextTable.Column], asJSON: Bool, member: StaticString? = nil) {
        table = TextTable(columns)
        isJSON = asJSON
        guard !areLines else { return }
        if let member {
            writer.beginObject()
            writer.key(member)
        }
        writer.beginArray()
    }

    /// Adds an element.
    mutating func add(row: @autoclosure () throws -> [String], _ json: (inout JSONWriter) throws -> Void) rethrows {
        count += 1
        guard isJSON else { return table.add(try row()) }
        if areLines {
            var line = JSONWriter()
            try json(&line)
            return Output.standard.write(line.bytes + [UInt8(ascii: "\n")])
        }
        try json(&writer)
        if writer.bytes.count > Self.bytesMax { Output.standard.write(writer.takeBytes()) }
    }

    /// Ends the list.
    ///
    /// - Parameters:
    ///   - nothing: what is said when it has no elements.
    ///   - rest: the members after the array, when it is one itself; lines are without them.
    mutating func end(orSay nothing: String, rest: ((inout JSONWriter) -> Void)? = nil) {
        guard isJSON else {
            return table.isEmpty ? Output.standard.line(Style.dim(nothing)) : table.write()
        }
        guard !areLines else { return }
        writer.endArray()
        if let rest {
            rest(&writer)
            writer.endObject()
        }
        writer.print()
    }
}
