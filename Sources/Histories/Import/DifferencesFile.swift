import WaybillCore

/// Writes differences as CSV, one line each, while an import finds them.
package final class DifferencesFile {
    private let file: OutputFile

    /// Makes the file, or empties the one that is there.
    package init(path: String) throws(InputFinding) {
        file = try OutputFile(path: path)
        try file.write(Array("order,kind,at,command,code,reason\n".utf8))
    }

    package func add(_ difference: HistoryDifference) throws(InputFinding) {
        let cells = [
            difference.order.text, Text(difference.kind.rawValue), Text(difference.at.iso8601),
            difference.command.text, difference.code, difference.reason,
        ]
        try file.write(CSVLine.bytes(cells))
    }

    /// Writes what is left and closes the file.
    package func close() throws(InputFinding) { try file.close() }
}

/// One line of CSV for people's spreadsheets.
enum CSVLine {
    /// The cells, quoted where they must be, with a line end. A cell that a spreadsheet would run as a formula gets an
    /// apostrophe in front: orders' ids and reasons hold what strangers have sent.
    static func bytes(_ cells: [Text]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            append(cell, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func append(_ cell: Text, to line: inout [UInt8]) {
        cell.withBytes { bytes in
            let isFormula = bytes.first.map { Array("=+-@\t\r".utf8).contains($0) } ?? false
            let isQuoted = bytes.contains { Array("\",\n\r".utf8).contains($0) }
            if isQuoted { line.append(UInt8(ascii: "\"")) }
            if isFormula { line.append(UInt8(ascii: "'")) }
            for byte in bytes {
                if byte == UInt8(ascii: "\"") { line.append(byte) }
                line.append(byte)
            }
            if isQuoted { line.append(UInt8(ascii: "\"")) }
        }
    }
}
