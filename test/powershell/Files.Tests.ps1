BeforeAll {
    Set-StrictMode -Version Latest
    . (Join-Path $PSScriptRoot 'Invoke-Script.ps1')
    function New-Given([string]$path, [byte[]]$content, [hashtable]$more = @{}) {
        $sha = [System.Security.Cryptography.SHA256]::Create()
        $sum = [BitConverter]::ToString($sha.ComputeHash($content)).Replace('-', '').ToLowerInvariant()
        $file = @{ path = $path; before = $content.Length; after = 0; onHost = $null; sha256 = $sum; private = $true }
        $file += @{ owner = $null; sddl = $null; random = '0123456789abcdef' }
        foreach ($key in $more.Keys) {
            $file[$key] = $more[$key]
        }
        return $file
    }
}

Describe 'scripts about files' {
    BeforeEach {
        $directory = Join-Path ([System.IO.Path]::GetTempPath()) ([System.IO.Path]::GetRandomFileName())
        $null = [System.IO.Directory]::CreateDirectory($directory)
        $global:calls.Clear()
        $global:rights.Clear()
        $file = Join-Path $directory 'f'
        $bytes = [byte[]](0, 1, 255, 10, 13)
    }
    AfterEach {
        [System.IO.Directory]::Delete($directory, $true)
    }

    It 'write a new file, open to its writer alone before anything is in it' {
        $null = Invoke-Script 'write' @{ files = @((New-Given $file $bytes)); leftovers = $false } $bytes
        [System.IO.File]::ReadAllBytes($file) | Should -Be $bytes
        $global:calls[0] | Should -Be 'Set-Right .f.trustkeep-0123456789abcdef D:P(A;;FA;;;SY)'
        @([System.IO.Directory]::GetFiles($directory)).Count | Should -Be 1
    }
    It 'keep what is replaced, when what came is not what was sent' {
        [System.IO.File]::WriteAllText($file, 'old')
        $given = New-Given $file $bytes @{ sha256 = 'other' }
        Get-Trouble { Invoke-Script 'write' @{ files = @($given); leftovers = $false } $bytes } | Should -Be 'damaged'
        [System.IO.File]::ReadAllText($file) | Should -Be 'old'
        @([System.IO.Directory]::GetFiles($directory)).Count | Should -Be 1
    }
    It 'give a file that is replaced its rights again' {
        [System.IO.File]::WriteAllText($file, 'old')
        $global:rights[$file] = 'O:SYG:SYD:P(A;;FA;;;SY)'
        $null = Invoke-Script 'write' @{ files = @((New-Given $file $bytes)); leftovers = $true } $bytes
        $global:calls[-1] | Should -Be 'Set-Right .f.trustkeep-0123456789abcdef O:SYG:SYD:P(A;;FA;;;SY)'
    }
    It 'refuse rights without a list: they would open the file to everyone' {
        $given = New-Given $file $bytes @{ sddl = 'O:SYG:SYD:NO_ACCESS_CONTROL' }
        Get-Trouble { Invoke-Script 'write' @{ files = @($given); leftovers = $false } $bytes } | Should -Be 'rights-not-kept'
        [System.IO.File]::Exists($file) | Should -BeFalse
    }
    It 'read what is there, up to a limit' {
        [System.IO.File]::WriteAllBytes($file, $bytes)
        $value = Invoke-Script 'read' @{ path = $file; limit = 5 }
        $value.content | Should -Be $bytes
        $value.size | Should -Be 5
        Get-Trouble { Invoke-Script 'read' @{ path = $file; limit = 4 } } | Should -Be 'too-large'
        Get-Trouble { Invoke-Script 'read' @{ path = "$file.no"; limit = 4 } } | Should -Be 'missing'
        Get-Trouble { Invoke-Script 'read' @{ path = $directory; limit = 4 } } | Should -Be 'is-directory'
    }
    It 'tell facts and sums of several, null where there is nothing' {
        [System.IO.File]::WriteAllText($file, 'x')
        $facts = (Invoke-Script 'stat' @{ paths = @($file, "$file.no", $directory); sums = $true }).facts
        $facts[0].sha256 | Should -Be '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
        $facts[0].size | Should -Be 1
        $facts[1] | Should -Be $null
        $facts[2].kind | Should -Be 'directory'
    }
    It 'copy, rename, list and remove' {
        [System.IO.File]::WriteAllBytes($file, $bytes)
        $null = Invoke-Script 'copy' @{ from = $file; to = "$file.2"; random = '0123456789abcdef' }
        [System.IO.File]::ReadAllBytes("$file.2") | Should -Be $bytes
        [System.IO.File]::WriteAllText($file, 'other')
        $null = Invoke-Script 'rename' @{ from = "$file.2"; to = $file }
        @((Invoke-Script 'list' @{ path = $directory }).names) | Should -Be @('f')
        [System.IO.File]::WriteAllText((Join-Path $directory '.f.trustkeep-0123456789abcdef'), '')
        (Invoke-Script 'remove' @{ path = $file }).removed | Should -BeTrue
        @([System.IO.Directory]::GetFiles($directory)).Count | Should -Be 0
        (Invoke-Script 'remove' @{ path = $file }).removed | Should -BeFalse
    }
}
