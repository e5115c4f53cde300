import WaybillServer

extension BookServer.Certificate {
    /// The certificate with which `waybill serve` was asked to serve; nil: without TLS.
    init?(_ noun: ServeNoun, _ settings: inout ServeSettings) throws(CommandFailure) {
        let chain = settings.value("tls-cert", flag: noun.tlsCert, usual: "")
        let key = settings.value("tls-key", flag: noun.tlsKey, usual: "")
        guard chain.isEmpty == key.isEmpty else {
            throw CommandFailure(
                "--tls-cert and --tls-key belong together: a certificate and its key", status: .misused)
        }
        guard !chain.isEmpty else { return nil }
        self.init(chain: chain, key: key)
    }
}
