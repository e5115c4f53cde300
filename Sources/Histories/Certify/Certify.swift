package import Waybill
package import WaybillCore
import WaybillEngine

/// Certifies that nothing was oversold: folds every stock and what every order holds from the movements in events
/// alone, writes each step down as a certificate that anybody can check without this code, and compares with the rows.
///
/// The format is described in the documentation's page StockCertificate. Reads in pages; memory holds a share of the
/// stocks and one order at a time, however many there are.
package struct Certify {
    package struct Settings: Sendable {
        /// Events read at a time.
        package var pageMax = 1_000
        /// Stocks in memory at a time.
        package var keysMax = 200_000
        /// Findings that are kept with their places; all are written to the certificate.
        package var findingsMax = 100
        /// Stocks that the report keeps.
        package var shownMax = 1_000
        /// Only these; nil: all.
        package var skus: Set<SKU>?
        /// The command by which workflows take payments.
        package var payment: EventName = "pay"
        /// Beyond so much time after it was due, and before the last event, a timeout of an order with reserved units
        /// counts as lost. A clock that jumps holds timeouts for five minutes.
        package var overdueAfter = Interval.minutes(10)

        package init() {}
    }

    private let settings: Settings

    package init(settings: Settings = Settings()) {
        precondition(settings.pageMax > 0 && settings.keysMax > 0, "certifying needs pages and shares of 1 or more")
        self.settings = settings
    }

    /// Certifies a book as it is now.
    ///
    /// - Parameters:
    ///   - progress: events read, and how many there are to read, all passes together.
    ///   - line: takes each line of the certificate, with its line end.
    package func run(
        _ book: OrderBook, progress: (Int, Int) -> Void = { _, _ in }, line: ([UInt8]) throws -> Void = { _ in }
    ) throws -> CertificateReport {
        try withoutActuallyEscaping(line) { line in
            try withoutActuallyEscaping(progress) { progress in
                var run = try CertificateRun(book.engine, settings, CertificateLines(line), progress)
                try run.run()
                return run.report
            }
        }
    }
}
