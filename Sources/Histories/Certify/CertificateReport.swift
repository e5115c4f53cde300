package import WaybillCore

/// What certifying a file came to.
package struct CertificateReport: Sendable {
    package internal(set) var events = 0
    package internal(set) var movements = 0
    /// Stocks with movements.
    package internal(set) var stocks = 0
    /// Orders that hold something, counted once per part of the certificate.
    package internal(set) var holders = 0
    /// Lines of the certificate.
    package internal(set) var lines = 0
    /// The certificate's fingerprint: the last link of its chain, in hexadecimal.
    package internal(set) var chain = ""
    /// The first stocks, each with what the movements give.
    package internal(set) var shown: [Stock] = []
    package internal(set) var findings: FileFindings

    init(findingsMax: Int) { findings = FileFindings(keptMax: findingsMax) }

    /// Nothing is sold twice, and nothing is held by nobody.
    package var isSound: Bool { findings.count == 0 }

    /// One stock after the last event.
    package struct Stock: Hashable, Sendable {
        package let key: StockKey
        package let level: StockLevel
        /// Orders that hold sold units of it.
        package let orders: Int64
        /// Payments that these orders have taken.
        package let payments: Int64
    }
}
