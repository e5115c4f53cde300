/// A crowd as a CSV file counted it: a row per length of time, the last column a whole number.
package enum CurveFile {
    /// The counts in the order of their rows. The first row may be a heading.
    ///
    /// - Throws: ``ReportFailure`` with the line that is wrong.
    package static func counts(_ bytes: [UInt8], name: String) throws(ReportFailure) -> [Int64] {
        guard bytes.count <= ScenarioLimits.curveBytesMax else {
            throw ReportFailure("\(name) is larger than \(ScenarioLimits.curveBytesMax >> 20) MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ReportFailure("\(name) is not valid UTF-8")
        }
        var counts: [Int64] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let cell = line.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
            let trimmed = cell.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
            if line.allSatisfy(\.isWhitespace) { continue }
            guard let count = Int64(trimmed), (0...1_000_000_000_000).contains(count) else {
                if index == 0 { continue }
                throw ReportFailure(
                    "\(name):\(index + 1): the last column is '\(cell.prefix(40))', expected a count: a whole number")
            }
            guard counts.count < ScenarioLimits.curveRowsMax else {
                throw ReportFailure("\(name) has more than \(ScenarioLimits.curveRowsMax) rows")
            }
            counts.append(count)
        }
        guard counts.contains(where: { $0 > 0 }) else { throw ReportFailure("\(name) has no count above 0") }
        return counts
    }
}
