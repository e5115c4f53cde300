import WaybillCore

/// An answer in lines: the elements of a list, each as it came. What is no list is one line.
struct JSONLines {
    private(set) var lines: [[UInt8]]
    /// Where the list goes on; nil: this was its end, or it is no list in pages.
    private(set) var next: Text?

    init(_ json: [UInt8]) {
        lines = [json]
        do throws(JSONProblem) {
            guard let page = try JSONReader.read(json, Page.init(reading:)) else { return }
            (lines, next) = (page.elements, page.next)
        } catch {
            // What is written here is JSON; else it goes out as it is.
            return
        }
    }

    /// An array, or an object with one array and perhaps where the list goes on and up to which event it is complete.
    private struct Page {
        var elements: [[UInt8]] = []
        var next: Text?

        init?(reading reader: inout JSONReader) throws(JSONProblem) {
            let kind = try reader.peek()
            if kind == .array {
                elements = try Self.elements(&reader)
                return
            }
            guard kind == .object else {
                try reader.skipValue()
                return nil
            }
            var (arrays, others) = (0, 0)
            var (found, place): ([[UInt8]], Text?) = ([], nil)
            try reader.object { name, reader throws(JSONProblem) in
                let kind = try reader.peek()
                if kind == .array {
                    arrays += 1
                    found = try Self.elements(&reader)
                } else if name == "next", kind == .text {
                    place = try reader.text()
                } else {
                    if name != "next", name != "as_of" { others += 1 }
                    try reader.skipValue()
                }
            }
            guard arrays == 1, others == 0 else { return nil }
            (elements, next) = (found, place)
        }

        private static func elements(_ reader: inout JSONReader) throws(JSONProblem) -> [[UInt8]] {
            var elements: [[UInt8]] = []
            try reader.array { reader throws(JSONProblem) in elements.append(try reader.rawValue()) }
            return elements
        }
    }
}
