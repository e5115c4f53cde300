import Foundation

/// Numbers as people read them.
extension BinaryInteger {
    /// With commas between thousands.
    package var grouped: String {
        var result = ""
        for (index, digit) in "\(magnitude)".reversed().enumerated() {
            if index > 0, index % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return (self < 0 ? "-" : "") + String(result.reversed())
    }
}

extension Double {
    /// At most one digit after the point, and none that is zero.
    var plain: String {
        let tenths = (self * 10).rounded()
        guard tenths.isFinite, tenths.magnitude < 1e15 else { return "\(self)" }
        let whole = Int64(tenths.magnitude)
        let sign = tenths < 0 ? "-" : ""
        return sign + (whole / 10).grouped + (whole % 10 == 0 ? "" : ".\(whole % 10)")
    }

    /// A length of time in seconds.
    var seconds: String { plain + (self == 1 ? " second" : " seconds") }
}

extension RushReport.Resources {
    /// `48 MB of memory, a WAL of 1.1 MB, a file of 2.3 MB`
    package var words: String {
        "\(memoryBytesMax.asMegabytes) of memory and a WAL of \(walBytesMax.asMegabytes) at most, a file of "
            + "\(fileBytes.asMegabytes) in the end"
    }
}

extension Int {
    /// Bytes in millions: `48 MB`, `1.1 MB`.
    var asMegabytes: String { "\((Double(self) / 1e6).plain) MB" }
}

extension Int64 {
    /// Microseconds as a length of time with two digits that mean something: `740 us`, `4.1 ms`, `12 s`.
    package var asDelay: String {
        switch magnitude {
        case ..<1_000: return "\(self) us"
        case ..<10_000: return (Double(self) / 1e3).plain + " ms"
        case ..<1_000_000: return "\(self / 1_000) ms"
        case ..<10_000_000: return (Double(self) / 1e6).plain + " s"
        default: return "\((self / 1_000_000).grouped) s"
        }
    }

    /// Milliseconds after the opening: `0:12`, `14:07`, `1:02:30`.
    package var asClock: String {
        let seconds = Swift.max(0, self) / 1_000
        let tail = String(format: "%02d", Int(seconds % 60))
        if seconds < 3_600 { return "\(seconds / 60):\(tail)" }
        return "\(seconds / 3_600):" + String(format: "%02d", Int(seconds / 60 % 60)) + ":\(tail)"
    }

    /// Cents with a point: `1,249.00`.
    package var asMoney: String { "\((self / 100).grouped).\(String(format: "%02d", Int(magnitude % 100)))" }
}
