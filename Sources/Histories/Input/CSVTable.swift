package import WaybillCore

/// A CSV file with a header line: rows whose cells are found by the columns' names.
package struct CSVTable {
    private var reader: CSVReader
    private let file: String
    /// Where in the file each wanted column is.
    private let places: [Int]
    private let names: [String]
    private let columnCount: Int

    /// Reads the header line. The file may have more columns, in any order.
    package init(
        _ source: any ByteSource, file: String, columns: [String], limits: InputLimits = InputLimits()
    ) throws(InputFinding) {
        var reader = CSVReader(source, file: file, limits: limits)
        guard let header = try reader.next() else {
            throw InputFinding(.columns, file: file, "it is empty; its first line must name the columns")
        }
        let found = (0..<header.fieldCount).map { header.text($0).string }
        var places: [Int] = []
        for column in columns {
            let matching = found.indices.filter { found[$0] == column }
            guard let place = matching.first else {
                throw InputFinding(
                    .columns, file: file, line: header.line,
                    "there is no column \(column); there are: \(found.joined(separator: ", "))")
            }
            guard matching.count == 1 else {
                throw InputFinding(.columns, file: file, line: header.line, "there are two columns \(column)")
            }
            places.append(place)
        }
        self.reader = reader
        self.file = file
        self.places = places
        names = columns
        columnCount = header.fieldCount
    }

    /// The next row, or nil at the end.
    package mutating func next() throws(InputFinding) -> CSVRow? {
        guard let record = try reader.next() else { return nil }
        guard record.fieldCount == columnCount else {
            throw InputFinding(
                .columns, file: file, line: record.line,
                "\(record.fieldCount) columns where the header has \(columnCount)")
        }
        return CSVRow(record: record, places: places, names: names, file: file)
    }
}

/// One row; its cells are asked for by the place of their column in the list that the table was made with.
package struct CSVRow {
    fileprivate let record: CSVRecord
    fileprivate let places: [Int]
    fileprivate let names: [String]
    fileprivate let file: String

    package var line: Int { record.line }

    /// A cell as it stands.
    package func text(_ column: Int) -> Text { record.text(places[column]) }

    /// A cell that must not be empty.
    package func identifier(_ column: Int) throws(InputFinding) -> Text {
        let text = text(column)
        guard !text.isEmpty, text.byteCount <= 256 else {
            throw finding(.value, column, "an id of 1 to 256 bytes is expected")
        }
        return text
    }

    /// A time; without a zone it is taken as UTC. Nil: the cell is empty.
    package func optionalTime(_ column: Int) throws(InputFinding) -> Moment? {
        let text = text(column)
        if text.isEmpty { return nil }
        guard let moment = Moment(iso8601: text, assumingUTC: true) else {
            throw finding(.value, column, "'\(text)' is no time; expected is, for example, 2018-03-01 14:05:09")
        }
        return moment
    }

    package func time(_ column: Int) throws(InputFinding) -> Moment {
        guard let moment = try optionalTime(column) else { throw finding(.value, column, "the time is missing") }
        return moment
    }

    /// An amount of money in hundredths: the cell x 100, rounded half up.
    package func cents(_ column: Int) throws(InputFinding) -> Int64 {
        guard let cents = decimalCents(record.field(places[column])) else {
            throw finding(.value, column, "'\(text(column))' is no amount; expected is, for example, 1234.50")
        }
        return cents
    }

    package func finding(_ kind: InputFinding.Kind, _ column: Int, _ message: String) -> InputFinding {
        let place = record.place(places[column])
        return InputFinding(kind, file: file, line: place.line, column: place.column, "\(names[column]): \(message)")
    }
}

/// Reads `12`, `12.3`, `12.345` as hundredths, rounded half up; nil when it is anything else or too large.
func decimalCents(_ digits: some Collection<UInt8>) -> Int64? {
    var cents: Int64 = 0
    /// Digits after the point; nil before it.
    var decimals: Int?
    var count = 0
    var isRoundedUp = false
    for byte in digits {
        if byte == UInt8(ascii: ".") {
            guard decimals == nil, count > 0 else { return nil }
            decimals = 0
            continue
        }
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        if let place = decimals {
            decimals = place + 1
            if place == 2 { isRoundedUp = digit >= 5 }
            if place >= 2 { continue }
        }
        count += 1
        let (shifted, overflow) = cents.multipliedReportingOverflow(by: 10)
        let (sum, overflowed) = shifted.addingReportingOverflow(Int64(digit))
        guard !overflow && !overflowed else { return nil }
        cents = sum
    }
    guard count > 0, decimals != 0 else { return nil }
    for _ in min(decimals ?? 0, 2)..<2 {
        let (shifted, overflow) = cents.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        cents = shifted
    }
    guard isRoundedUp else { return cents }
    let (sum, overflow) = cents.addingReportingOverflow(1)
    return overflow ? nil : sum
}
