import Logging
import ServiceLifecycle
import UnixSignals
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine
import WaybillHTTP
import WaybillTimeouts

/// Reads the certificate of a server again each minute, and at SIGHUP.
struct CertificateWatch: Service {
    private static let lookEvery = Interval.minutes(1)

    private let certificates: Certificates
    private let served: Served
    private let logger: Logger

    init(_ certificates: Certificates, _ served: Served, _ logger: Logger) {
        self.certificates = certificates
        self.served = served
        self.logger = logger
    }

    func run() async throws {
        // Before the first look, so that no signal ends the process.
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in signals { await look() }
                }
                group.addTask { await lookNowAndThen() }
            }
        }
    }

    private func lookNowAndThen() async {
        let world = served.book.book.engine.world
        // While time stands still nothing changes by itself.
        while !Task.isCancelled, world.virtualClock == nil {
            await world.rest(Self.lookEvery)
            await look()
        }
    }

    private func look() async {
        // Files may be on a disk that keeps a thread waiting.
        let news = await served.book.book.engine.onThread { (_) in certificates.renew(at: served.book.now) }
        served.certificate = CertificateState(
            expires: certificates.expires, failure: certificates.failure?.message)
        switch news {
        case .none: return
        case .renewed(let end): logger.notice("a new certificate is shown, good until \(end.iso8601)")
        case .refused(let why):
            logger.error("the new certificate is not shown, the old one still is: \(why.message)")
        }
    }
}
