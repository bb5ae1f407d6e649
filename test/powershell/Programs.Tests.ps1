BeforeAll {
    Set-StrictMode -Version Latest
    . (Join-Path $PSScriptRoot 'Invoke-Script.ps1')
    function New-Run([string]$line, [int]$milliseconds = 60000, [int]$limit = 100000) {
        return @{ program = 'pwsh'; line = "-NoProfile -NonInteractive -Command $line"; milliseconds = $milliseconds; limit = $limit; leavesBehind = $false }
    }
}

Describe 'run' {
    It 'gives exit code and both outputs apart' {
        $value = Invoke-Script 'run' (New-Run '"[Console]::Out.Write(1); [Console]::Error.Write(23); exit 7"')
        $value.code | Should -Be 7
        [System.Text.Encoding]::ASCII.GetString($value.content) | Should -Be '123'
        $value.stdout | Should -Be 1
    }
    It 'cuts what is more than is wanted, and says so' {
        $value = Invoke-Script 'run' (New-Run "`"[Console]::Out.Write('x' * 5000)`"" 60000 1000)
        $value.cut | Should -BeTrue
        $value.stdout | Should -Be 1000
    }
    It 'is an error of Win32 for a program that is not there' {
        $given = New-Run ''
        $given.program = 'no-such-program-here'
        { Invoke-Script 'run' $given } | Should -Throw
    }
}

Describe 'services' {
    BeforeAll {
        function Get-Service {
            return $global:service
        }
        function Stop-Service([string]$Name, [switch]$Force, [switch]$NoWait) {
            $null = $global:calls.Add("Stop-Service $Name")
            $global:service.Status = 'Stopped'
        }
        function Start-Service([string]$Name) {
            $null = $global:calls.Add("Start-Service $Name")
            $global:service.Status = $global:becomes
        }
    }
    BeforeEach {
        $global:calls.Clear()
        $global:becomes = 'Running'
        $global:service = New-Object psobject -Property @{ Name = 'Tomcat10'; Status = 'Running'; DependentServices = @() }
        Add-Member -InputObject $global:service -MemberType ScriptMethod -Name Refresh -Value { $null }
    }
    It 'are told by their names' {
        (Invoke-Script 'service' @{ name = 'Tomcat10' }).status | Should -Be 'Running'
        (Invoke-Script 'service' @{ name = 'Tomcat*' }).status | Should -Be $null
    }
    It 'are stopped and started' {
        (Invoke-Script 'restart-service' @{ name = 'Tomcat10'; milliseconds = 5000 }).status | Should -Be 'Running'
        $global:calls | Should -Be @('Stop-Service Tomcat10', 'Start-Service Tomcat10')
    }
    It 'that do not start again are told' {
        $global:becomes = 'Stopped'
        (Invoke-Script 'restart-service' @{ name = 'Tomcat10'; milliseconds = 300 }).status | Should -Be 'Stopped'
    }
}
