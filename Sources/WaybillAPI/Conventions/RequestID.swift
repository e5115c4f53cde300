package import WaybillCore

/// Names one request in logs and problems: the caller's, or one made here.
package enum RequestID {
    /// - Parameter random: where a new one comes from.
    package static func read(_ headers: CallHeaders, random: () -> UInt64) -> Text {
        if let sent = headers[.requestID], (1...64).contains(sent.utf8.count),
            sent.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return Text(sent)
        }
        return Text("r-" + random().hexadecimal)
    }
}
