import GRPCServing
import NIOCore
import RocketMQProto
import Synchronization
import WaybillCore

/// The stream in which a client says its settings, and is told what becomes of them and what it is asked.
extension RocketMQFace {
    var telemetry: RPC {
        RPC(
            Self.path("Telemetry"),
            .bothWays { [self] call in
                let stream: TelemetryStream
                do throws(Refused) {
                    stream = TelemetryStream(call, of: try self.caller(of: call), for: self)
                } catch {
                    var command = MQTelemetryCommand()
                    command.status = error.status
                    call.answer(command)
                    call.end()
                    return RPC.Listener(onMessage: { _ in }, onEnd: {})
                }
                stream.begin()
                return RPC.Listener(onMessage: { stream.take($0) }, onEnd: { stream.end() })
            }, bytesMax: Self.settingsBytesMax)
    }
}
