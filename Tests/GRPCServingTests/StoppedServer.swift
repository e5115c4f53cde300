import GRPCServing
import Logging
import ServiceLifecycle

/// A server that is asked to stop as a process is.
struct StoppedServer {
    private let group: ServiceGroup

    init(_ server: GRPCServer) {
        group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: server)], logger: Logger(label: "test")))
    }

    func run() async throws { try await group.run() }

    func stop() async { await group.triggerGracefulShutdown() }
}
