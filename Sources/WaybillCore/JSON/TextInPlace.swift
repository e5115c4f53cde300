/// A text where it lies in JSON: compared without a string being made of it. Valid while the reader reads.
///
/// Most keys and names of an event are only looked up; a replay does that some twenty times per event. It is bytes and
/// nothing else, so that handing it around counts no references.
package struct TextInPlace: CustomStringConvertible {
    /// Between the quotes.
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Whether the bytes are the text: no escapes in it.
    private let isPlain: Bool

    /// - Parameter bytes: between the quotes; a reader has checked that they make a text.
    init(checked bytes: UnsafeBufferPointer<UInt8>, isPlain: Bool) {
        self.bytes = bytes
        self.isPlain = isPlain
    }

    /// The same text on its own.
    package var text: Text {
        if isPlain { return Text(contiguous: String(decoding: bytes, as: UTF8.self)) }
        do throws(JSONProblem) {
            let quote = [UInt8(ascii: "\"")]
            return try JSONReader.read(quote + bytes + quote) { reader throws(JSONProblem) in try reader.text() }
        } catch {
            // Cannot be: the same bytes were read before.
            return Text(String(decoding: bytes, as: UTF8.self))
        }
    }

    package var string: String { text.string }
    package var description: String { text.string }

    package func isEqual(to name: Text) -> Bool {
        guard isPlain else { return text == name }
        return bytes.count == name.byteCount && name.withBytes { Text.isEqual(bytes, $0) }
    }

    /// Lets a `switch` compare with names that are written in the code.
    @inline(__always)
    package static func ~= (name: StaticString, text: TextInPlace) -> Bool { text == name }

    @inline(__always)
    package static func == (text: TextInPlace, name: StaticString) -> Bool {
        // Nearly all names of a `switch` differ in length or in their first letter from the one that is asked for.
        if text.isPlain {
            guard text.bytes.count == name.utf8CodeUnitCount else { return false }
            if let first = text.bytes.first, first != name.utf8Start.pointee { return false }
        }
        return text.isEqual(to: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    private func isEqual(to name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isPlain else { return text.withBytes { Text.isEqual($0, name) } }
        return Text.isEqual(bytes, name)
    }

    /// A hash of the text's bytes.
    fileprivate var mixed: Int { isPlain ? bytes.mixed : text.withBytes(\.mixed) }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var mixed: Int {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in self { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: state >> 20)
    }
}

/// Finds a name among many by its bytes: the states of a workflow by their paths.
package struct NameTable: Sendable {
    private let names: [Text]
    /// Open addressing: index + 1 of a name, 0: free. Twice as many places as names at least, so a search ends.
    private let places: [Int32]

    /// - Parameter names: the first of equal ones counts.
    package init(_ names: [Text]) {
        self.names = names
        var capacity = 4
        while capacity < names.count * 2 { capacity *= 2 }
        var places = [Int32](repeating: 0, count: capacity)
        for (index, name) in names.enumerated() {
            var place = name.withBytes(\.mixed) & (capacity - 1)
            while places[place] != 0, names[Int(places[place]) - 1] != name { place = (place + 1) & (capacity - 1) }
            if places[place] == 0 { places[place] = Int32(index + 1) }
        }
        self.places = places
    }

    package func index(of name: TextInPlace) -> Int? { index(from: name.mixed) { name.isEqual(to: $0) } }

    package func index(of name: Text) -> Int? { index(from: name.withBytes(\.mixed)) { $0 == name } }

    private func index(from hash: Int, isSought: (Text) -> Bool) -> Int? {
        var place = hash & (places.count - 1)
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if isSought(names[index]) { return index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }
}
