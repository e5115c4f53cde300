import WaybillServer

extension BookServer.Settings {
    /// Why no server serves so, without a file and a socket; nil: one does.
    var refusal: String? {
        do throws(ServerFailure) {
            try check(socket: nil, beside: nil)
            return nil
        } catch {
            return error.description
        }
    }
}
