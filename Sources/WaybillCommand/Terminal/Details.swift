import WaybillCore

/// Indented lines under a title, each with a name in front.
struct Details {
    private static let indent = "   "
    private static let nameColumns = 10

    private let output: Output

    init(_ output: Output = .standard) { self.output = output }

    /// One line; the text is printable already.
    func line(_ name: String, _ text: String) { lines(name, [text]) }

    /// Several lines under one name; nothing when there are none.
    func lines(_ name: String, _ lines: [String]) {
        for (index, text) in lines.enumerated() {
            let name = (index == 0 ? name : "").padded(toColumns: Self.nameColumns)
            output.line(Self.indent + Style.dim(name, on: output) + text)
        }
    }

    /// Words that go on in the next line where the terminal ends; nothing when there are none.
    func wrapped(_ name: String, _ text: String) {
        let columns = max(40, output.columns - Self.indent.count - Self.nameColumns)
        var wrapped: [String] = []
        for word in text.split(separator: " ") {
            if let last = wrapped.last, last.columns + 1 + String(word).columns <= columns {
                wrapped[wrapped.count - 1] += " " + word
            } else {
                wrapped.append(String(word))
            }
        }
        lines(name, wrapped)
    }

    /// A JSON value, over as many lines as it needs. What is no JSON is shown as it is, on one line.
    func json(_ name: String, _ json: [UInt8]) {
        let columns = max(40, output.columns - Self.indent.count - Self.nameColumns)
        do throws(JSONProblem) {
            lines(name, try ReadableJSON(columns: columns).lines(json))
        } catch {
            line(name, String(decoding: json, as: UTF8.self).printable)
        }
    }
}
