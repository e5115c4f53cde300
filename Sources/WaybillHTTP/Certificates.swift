package import NIOSSL
import Synchronization
package import WaybillCore

/// The certificate that a server shows, with its key: read from two files, and again when these have changed. A new
/// pair that cannot be used leaves the old one in place, and says why.
///
///     files ──► read ──► do they fit, and is it the time of the certificate? ──► shown to the next connection
///                                       └── no: the old pair stays, with the reason
package final class Certificates: Sendable {
    private struct State {
        var pair: CertificatePair
        /// Why what the files have now is not shown; nil: it is.
        var failure: CertificateFailure?
    }

    /// What a look at the files has come to.
    package enum News: Hashable, Sendable {
        /// Nothing that was not known.
        case none
        /// A new pair is shown from now on.
        case renewed(until: Moment)
        case refused(CertificateFailure)
    }

    private let files: CertificateFiles
    private let state: Mutex<State>

    /// Reads the first pair; one that has expired is taken too, because there is no other.
    package init(_ files: CertificateFiles) throws(CertificateFailure) {
        self.files = files
        state = Mutex(State(pair: try CertificatePair(files)))
    }

    /// What the next connection is made with.
    package var context: NIOSSLContext { state.withLock { $0.pair.context } }

    /// Until when the certificate that is shown is good.
    package var expires: Moment { state.withLock { $0.pair.expires } }

    /// Why what the files have now is not shown; nil: it is.
    package var failure: CertificateFailure? { state.withLock { $0.failure } }

    /// Reads the files again.
    package func renew(at now: Moment) -> News {
        let found = Result { () throws(CertificateFailure) in try CertificatePair(files) }
        return state.withLock { state in
            let failure: CertificateFailure
            switch found {
            case .success(let pair) where pair.isSame(as: state.pair):
                state.failure = nil
                return .none
            case .success(let pair):
                guard let why = pair.objection(insteadOf: state.pair, at: now, in: files) else {
                    state = State(pair: pair)
                    return .renewed(until: pair.expires)
                }
                failure = why
            case .failure(let why): failure = why
            }
            guard state.failure != failure else { return .none }
            state.failure = failure
            return .refused(failure)
        }
    }
}
