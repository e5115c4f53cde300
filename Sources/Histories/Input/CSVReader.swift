/// Reads CSV as RFC 4180 has it, record by record, in memory that does not grow with the file.
///
/// Fields may be quoted and then hold commas, quotes (doubled) and line ends; lines end with LF or CRLF; a byte order
/// mark at the beginning is skipped, and so are empty lines. Whatever is wrong is thrown with its line; unless the
/// finding ends the file, the next call goes on with the next record.
package struct CSVReader {
    private let source: any ByteSource
    private let file: String
    private let limits: InputLimits
    private var piece: [UInt8] = []
    private var offset = 0
    /// The line of the next byte.
    private var line = 1
    /// Where in its line the next byte stands.
    private var column = 1
    /// Where the byte stands that was taken last.
    private var taken = (line: 1, column: 1)
    /// Where the quoted field at hand was opened.
    private var quote = (line: 1, column: 1)
    private var isBroken = false
    private var isAtStart = true
    private var bytesRead = 0

    package init(_ source: any ByteSource, file: String, limits: InputLimits = InputLimits()) {
        self.source = source
        self.file = file
        self.limits = limits
    }

    /// Where in a field the next byte stands.
    private enum Place {
        case fieldStart
        case bare
        case quoted
        /// After a quote inside quotes: the end of the field, or the first half of a doubled quote.
        case afterQuote
        /// After a CR outside quotes, which only LF may follow.
        case afterReturn
    }

    /// The next record, or nil at the end.
    package mutating func next() throws(InputFinding) -> CSVRecord? {
        guard !isBroken else { return nil }
        do throws(InputFinding) {
            while let record = try readRecord() {
                if !record.isBlank { return try checked(record) }
            }
            return nil
        } catch {
            isBroken = error.endsTheFile
            throw error
        }
    }

    private mutating func readRecord() throws(InputFinding) -> CSVRecord? {
        if isAtStart { try skipMark() }
        var record = CSVRecord(line: line)
        record.beginField(line: line, column: column)
        var place = Place.fieldStart
        while let byte = try take() {
            switch (place, byte) {
            case (.quoted, UInt8(ascii: "\"")): place = .afterQuote
            case (.quoted, _): try append(byte, to: &record)
            case (.afterReturn, _) where byte != UInt8(ascii: "\n"):
                throw finding(.quoting, "a carriage return that is not part of a line end; put the field in quotes")
            case (_, UInt8(ascii: "\n")):
                record.endField()
                return record
            case (_, UInt8(ascii: "\r")): place = .afterReturn
            case (_, UInt8(ascii: ",")):
                record.endField()
                guard record.fieldCount < limits.fieldsMax else {
                    throw finding(.limit, "more than \(limits.fieldsMax) fields")
                }
                record.beginField(line: line, column: column)
                place = .fieldStart
            case (.fieldStart, UInt8(ascii: "\"")):
                quote = taken
                place = .quoted
            case (.afterQuote, UInt8(ascii: "\"")):
                try append(byte, to: &record)
                place = .quoted
            case (.afterQuote, _): throw finding(.quoting, "something follows the closing quote of a field")
            case (.bare, UInt8(ascii: "\"")): throw finding(.quoting, "a quote inside a field that is not quoted")
            case (.fieldStart, _), (.bare, _), (.afterReturn, _):
                try append(byte, to: &record)
                place = .bare
            }
        }
        if place == .quoted {
            throw InputFinding(
                .quoting, file: file, line: quote.line, column: quote.column, "a quoted field is never closed")
        }
        // The last line may lack its line end; after one that has it nothing is left.
        if place == .fieldStart, record.isUntouched { return nil }
        record.endField()
        return record
    }

    private mutating func append(_ byte: UInt8, to record: inout CSVRecord) throws(InputFinding) {
        guard record.byteCount < limits.recordBytesMax else {
            throw InputFinding(
                .limit, file: file, line: record.line, "a record of more than \(limits.recordBytesMax) bytes")
        }
        if byte == 0 { throw finding(.binary, "a NUL byte; this is not a CSV file in UTF-8") }
        record.append(byte)
    }

    private func checked(_ record: CSVRecord) throws(InputFinding) -> CSVRecord {
        guard record.isValidUTF8 else {
            let place = record.firstInvalidPlace
            throw InputFinding(
                .encoding, file: file, line: place.line, column: place.column,
                "bytes that are not UTF-8; save the file in this encoding")
        }
        return record
    }

    private mutating func skipMark() throws(InputFinding) {
        isAtStart = false
        piece = try source.next()
        bytesRead = piece.count
        // A short first piece would hide the mark; files give theirs whole.
        if piece.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        if piece.starts(with: [0xFF, 0xFE]) || piece.starts(with: [0xFE, 0xFF]) {
            throw finding(.binary, "the file is UTF-16; save it as UTF-8")
        }
    }

    private mutating func take() throws(InputFinding) -> UInt8? {
        if offset == piece.count {
            piece = try source.next()
            offset = 0
            bytesRead += piece.count
            guard bytesRead <= limits.fileBytesMax else {
                throw finding(.limit, "more than \(limits.fileBytesMax) bytes")
            }
            if piece.isEmpty { return nil }
        }
        let byte = piece[offset]
        offset += 1
        taken = (line, column)
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else {
            column += 1
        }
        return byte
    }

    private func finding(_ kind: InputFinding.Kind, _ message: String) -> InputFinding {
        InputFinding(kind, file: file, line: taken.line, column: taken.column, message)
    }
}
